export interface Condensed {
  /** Of each node, the smallest node of its cycle; itself when it is in none. */
  readonly component: Int32Array;
  /** Edges of the longest path between different cycles. */
  readonly depth: number;
}

/**
 * Cycles of a graph of nodes 0 to `size - 1` (Tarjan's strong components, without recursion), and how deep it is when
 * each cycle is one node.
 *
 * @param edges sources and destinations by turns, sorted by source
 */
export function condense(size: number, edges: Int32Array): Condensed {
  const first = new Int32Array(size + 1);
  for (let at = 0; at < edges.length; at += 2) first[(edges[at] ?? 0) + 1]! += 1;
  for (let node = 0; node < size; node += 1) first[node + 1]! += first[node]!;
  const component = new Int32Array(size).fill(-1);
  const index = new Int32Array(size).fill(-1);
  const low = new Int32Array(size);
  const next = first.slice(0, size);
  /** Of each component's smallest node: the longest path that begins in it. Components end after those they lead to. */
  const reach = new Int32Array(size);
  const open: number[] = [];
  const path: number[] = [];
  let seen = 0;
  let depth = 0;
  for (let root = 0; root < size; root += 1) {
    if (index[root] !== -1) continue;
    path.push(root);
    while (path.length > 0) {
      const node = path.at(-1)!;
      if (index[node] === -1) {
        index[node] = low[node] = seen;
        seen += 1;
        open.push(node);
      }
      const at = next[node]!;
      if (at < first[node + 1]!) {
        next[node]! += 1;
        const to = edges[at * 2 + 1]!;
        if (index[to] === -1) path.push(to);
        else if (component[to] === -1) low[node] = Math.min(low[node]!, index[to]!);
        continue;
      }
      path.pop();
      const parent = path.at(-1);
      if (parent !== undefined) low[parent] = Math.min(low[parent]!, low[node]!);
      if (low[node] !== index[node]) continue;
      const members = open.splice(open.lastIndexOf(node));
      const smallest = members.reduce((a, b) => Math.min(a, b));
      for (const member of members) component[member] = smallest;
      for (const member of members) {
        for (let edge = first[member]!; edge < first[member + 1]!; edge += 1) {
          const to = component[edges[edge * 2 + 1]!]!;
          if (to !== smallest) reach[smallest] = Math.max(reach[smallest]!, reach[to]! + 1);
        }
      }
      depth = Math.max(depth, reach[smallest]!);
    }
  }
  return { component, depth };
}
