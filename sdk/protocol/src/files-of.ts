import type { DescFile } from '@bufbuild/protobuf';

/** The file descriptors among the exports of generated modules. */
export function filesOf(module: Readonly<Record<string, unknown>>): DescFile[] {
  return Object.values(module).filter((value): value is DescFile => isFile(value));
}

function isFile(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'file';
}
