/** A file of word vectors that can't be used; the message names the file and the place in it. */
export class VectorsError extends Error {
  override readonly name = 'VectorsError';
}
