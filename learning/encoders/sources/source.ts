/** The contract of a named encoder: a checkpoint that a package registry carries. */
import type { RegistryArchive } from '../../downloads/index.js';

export interface EncoderSource {
  /** As search spaces name it. */
  readonly name: string;
  /** One line for the documentation. */
  readonly description: string;
  readonly archive: RegistryArchive;
  /** Where in the archive the checkpoint's files stand: before their names. */
  readonly prefix: string;
}
