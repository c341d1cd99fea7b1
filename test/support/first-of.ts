/** The one at that place; throws where there is none. */
export function at<T>(list: readonly T[] | undefined, index: number): T {
  const value = list?.at(index);
  if (value === undefined) throw new Error(`nothing at ${index}`);
  return value;
}
