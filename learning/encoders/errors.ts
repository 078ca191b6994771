/** A checkpoint that can't be used; `message` is one line naming the file, what is wrong with it, and what would be right. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
}
