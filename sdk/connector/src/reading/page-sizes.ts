const ladder: readonly (number | undefined)[] = [1000, 500, 200, 100, 50, undefined];
/** Below this many rows a fault of the server is not about the size of the page. */
const plainSize = 100;

/**
 * The page size of one reading: the largest that the source grants. `undefined`, the last resort, asks
 * for no size at all.
 */
export class PageSizes {
  private sizes: readonly (number | undefined)[];

  /** @param start the size to try first, by default the largest that makes sense */
  constructor(start?: number) {
    this.sizes = start === undefined ? ladder : [start, ...ladder.filter((size) => size === undefined || size < start)];
  }

  /** That size and no other. */
  static only(size: number): PageSizes {
    const sizes = new PageSizes();
    sizes.sizes = [size];
    return sizes;
  }

  get current(): number | undefined {
    return this.sizes[0];
  }

  /** After a refusal. False when there is no smaller one. */
  shrink(): boolean {
    if (this.sizes.length < 2) return false;
    this.sizes = this.sizes.slice(1);
    return true;
  }

  /** Makes a size that was granted the current one. */
  settle(size: number | undefined): void {
    const at = this.sizes.indexOf(size);
    if (at > 0) this.sizes = this.sizes.slice(at);
  }

  copy(): PageSizes {
    const copy = new PageSizes();
    copy.sizes = this.sizes;
    return copy;
  }

  /**
   * The size for the n-th try of a page that the server could not answer. The first page shrinks at
   * once; later ones were granted before, so they get one try more.
   */
  forTry(attempt: number, isFirstPage: boolean): number | undefined {
    const steps = Math.max(0, attempt - (isFirstPage ? 1 : 2));
    let at = 0;
    while (at < steps && (this.sizes[at + 1] ?? 0) >= plainSize) at++;
    return this.sizes[at];
  }
}
