/** What a person asked for can't be: a wrong argument, an unknown model, a setting that names nothing. */
export class InputError extends Error {
  override readonly name = 'InputError';
}
