/** Asks until it is answered so; the test's own limit ends it. */
export async function answers(url: string, status: number): Promise<void> {
  for (;;) {
    const seen = await fetch(url).then(
      (response) => response.status,
      () => 0,
    );
    if (seen === status) return;
    await new Promise(setImmediate);
  }
}
