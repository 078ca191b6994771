/** BERT and RoBERTa as they are: the fine-tuned network, of which nothing is trained. */
import { longestText } from '../checkpoint/config.js';
import { readCheckpoint, readCheckpointFacts } from '../checkpoint/folder.js';
import { type EncoderNetwork, encoderNetwork } from '../network/encoder.js';
import type { PoolingName } from '../network/pooling.js';
import type { FrozenForm } from './frozen.js';

export const transformer: FrozenForm = {
  facts(folder) {
    const { config } = readCheckpointFacts(folder);
    return { columns: config.hidden, longest: longestText(config) };
  },

  open(engine, folder) {
    const { weights, config, tokenizer } = readCheckpoint(folder);
    let made: { pooling: PoolingName; network: EncoderNetwork } | undefined;
    const dispose = (): void => {
      made?.network.dispose();
      made = undefined;
    };
    return {
      columns: config.hidden,
      tokenizer,
      vectors(batch, pooling) {
        if (made?.pooling !== pooling) {
          dispose();
          made = { pooling, network: encoderNetwork(engine, weights, config, { pooling, fineTune: 'head' }) };
        }
        return made.network.forward(batch).pooled;
      },
      dispose,
    };
  },
};
