/**
 * What m chunks cost at least in a slot and in the slots on one side of it together: least[m] = min(rest[m], curve[n] + rest[m - n] over n = 1 … top), for m = first … end.
 * Four sums at a time share what they read, which makes this some twice as fast as one by one. `rest` is Infinity beyond `reach`.
 * @param curve from `here` on. @param rest from `after` on. @param least from `to` on; another array or another part than `rest`. @returns steps taken: four sums
 * are one turn.
 */
export function leastSums(
  curve: Float64Array,
  here: number,
  top: number,
  rest: Float64Array,
  after: number,
  reach: number,
  least: Float64Array,
  to: number,
  first: number,
  end: number,
): number {
  let m = first;
  for (; m + 3 <= end; m += 4) {
    const at = after + m;
    let least0 = rest[at];
    let least1 = rest[at + 1];
    let least2 = rest[at + 2];
    let least3 = rest[at + 3];
    const most = m < top ? m : top;
    let n = m > reach ? m - reach : 1;
    let rest1 = rest[at - n + 1];
    let rest2 = rest[at - n + 2];
    let rest3 = rest[at - n + 3];
    for (; n <= most; n++) {
      const cost = curve[here + n];
      const rest0 = rest[at - n];
      if (cost + rest0 < least0) least0 = cost + rest0;
      if (cost + rest1 < least1) least1 = cost + rest1;
      if (cost + rest2 < least2) least2 = cost + rest2;
      if (cost + rest3 < least3) least3 = cost + rest3;
      rest3 = rest2;
      rest2 = rest1;
      rest1 = rest0;
    }
    for (; n <= m + 3 && n <= top; n++) {
      const cost = curve[here + n];
      if (n <= m + 1 && cost + rest[at + 1 - n] < least1) least1 = cost + rest[at + 1 - n];
      if (n <= m + 2 && cost + rest[at + 2 - n] < least2) least2 = cost + rest[at + 2 - n];
      if (cost + rest[at + 3 - n] < least3) least3 = cost + rest[at + 3 - n];
    }
    least[to + m] = least0;
    least[to + m + 1] = least1;
    least[to + m + 2] = least2;
    least[to + m + 3] = least3;
  }
  for (; m <= end; m++) {
    let cheapest = rest[after + m];
    const most = m < top ? m : top;
    for (let n = m > reach ? m - reach : 1; n <= most; n++) {
      const cost = curve[here + n] + rest[after + m - n];
      if (cost < cheapest) cheapest = cost;
    }
    least[to + m] = cheapest;
  }
  return Math.ceil((Math.max(1, end - first + 1) * (Math.min(top, reach) + 1)) / 4);
}

/** How many chunks the slot takes of m in the cheapest way that leastSums found, as few as can be. @param found where that way's price stands in `rest`. */
export function shareOf(curve: Float64Array, here: number, rest: Float64Array, after: number, m: number, found: number): number {
  let n = 0;
  for (let cost = rest[after + m]; n < m && cost !== rest[found]; cost = curve[here + n] + rest[after + m - n]) n++;
  return n;
}
