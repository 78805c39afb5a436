/**
 * Gives the memory of a view back at once, and leaves it empty: the collector does not see how much it is, and would let
 * tens of megabytes gather. Only of a view that ends where its memory ends, as somebody may go on filling the rest.
 */
export function release({ buffer, byteOffset, byteLength }: Uint8Array): void {
  if (byteOffset + byteLength === buffer.byteLength && buffer instanceof ArrayBuffer) buffer.transfer(0);
}
