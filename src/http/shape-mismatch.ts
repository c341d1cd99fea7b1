/**
 * An answer, or a row of it, does not have the shape that its vendor documents. Tells where by JSON path and
 * what was expected, never the value: that may be somebody's data.
 */
export class ShapeMismatch extends Error {
  override readonly name = 'ShapeMismatch';
  /** Such as `data[3].attributes.name`. */
  readonly path: string;

  constructor(path: string, expected: string) {
    super(`${path === '' ? 'the answer' : path}: ${expected}`);
    this.path = path;
  }
}
