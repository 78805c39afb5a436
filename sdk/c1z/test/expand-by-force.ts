/** Groups with members, and groups whose members are members of other groups. */
export interface Graph {
  groups: number;
  /** Type of each person. */
  kinds: string[];
  direct: [group: number, person: number][];
  edges: { src: number; dst: number; shallow: boolean; kinds: string[] }[];
}

/**
 * Who is in which group, found holder by holder without any of the product's code: all ways are walked. A source is a
 * group one step away; within a cycle only if the holder is in it directly or by a shorter way.
 */
export function expand({ groups, kinds, direct, edges }: Graph): string[] {
  const lines: string[] = [];
  // A group that was given something is a holder of it like anybody else.
  const holders = [
    ...kinds.map((kind, person) => ({
      kind,
      name: `${kind}:p${person}`,
      given: direct.filter(([, who]) => who === person).map(([group]) => group),
    })),
    ...Array.from({ length: groups }, (_, group) => ({
      kind: 'group',
      name: `group:g${group}`,
      given: edges.filter(({ src }) => src === group).map(({ dst }) => dst),
    })),
  ];
  for (const { kind, name, given } of holders) {
    const isDirect = (group: number): boolean => given.includes(group);
    const far = Array.from({ length: groups }, (_, group) => (isDirect(group) ? 0 : Infinity));
    const admits = ({ src, dst, shallow, kinds: only }: Graph['edges'][number]): boolean =>
      src !== dst && (only.length === 0 || only.includes(kind)) && (shallow ? isDirect(src) : far[src] !== Infinity);
    for (let round = 0; round <= groups; round += 1) {
      for (const edge of edges) {
        if (admits(edge)) far[edge.dst] = Math.min(far[edge.dst] ?? Infinity, (far[edge.src] ?? 0) + 1);
      }
    }
    for (const [group, distance] of far.entries()) {
      if (distance === Infinity) continue;
      const sources = new Set(
        edges
          .filter((edge) => edge.dst === group && admits(edge))
          .map(({ src }) => src)
          .filter((src) => !leads(edges, group, src) || isDirect(src) || (far[src] ?? 0) < distance),
      );
      const from = [...sources].map((src) => `group:g${src}:member=${isDirect(src)}`);
      if (sources.size > 0 && isDirect(group)) from.push(`group:g${group}:member=true`);
      const line = (how: string): string => `group:g${group}:member ${name} ${how} ${from.toSorted().join(',')}`;
      const read = given.filter((one) => one === group).map(() => line('read'));
      lines.push(...(read.length > 0 ? read : [line('made')]));
    }
  }
  return lines.toSorted();
}

/** Whether there is any way from one group to the other. */
function leads(edges: Graph['edges'], from: number, to: number): boolean {
  const seen = new Set([from]);
  for (const group of seen) for (const { src, dst } of edges) if (src === group) seen.add(dst);
  return seen.has(to);
}
