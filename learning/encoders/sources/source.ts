/** The contract of a named encoder: what a package registry carries, as a checkpoint. */
import type { RegistryArchive } from '../../downloads/index.js';
import type { CheckpointFile } from '../checkpoint/files.js';

export interface EncoderSource {
  /** As search spaces name it. */
  readonly name: string;
  /** One line for the documentation. */
  readonly description: string;
  /** Whether it can be trained further, or gives vectors as it is and no more. */
  readonly trainable: boolean;
  readonly archive: RegistryArchive;
  /** The archive's content as a checkpoint's files. */
  unpack(archive: string): Promise<Readonly<Record<CheckpointFile, Uint8Array>>>;
}
