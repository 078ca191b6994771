/** The proof that an engine works: a child process loads it and multiplies two matrices. A child, because a bad binary crashes. */
import { run } from './run.mjs';

const MULTIPLY = `
  const product = Array.from(tf.matMul(tf.tensor2d([[1, 2], [3, 4]]), tf.tensor2d([[5, 6], [7, 8]])).dataSync());
  if (product.join() !== '19,22,43,50') throw new Error('wrong product ' + product);
`;

const NATIVE = `
  const tf = require(process.argv[1]);
  if (tf.getBackend() !== 'tensorflow') throw new Error('backend is ' + tf.getBackend());
  ${MULTIPLY}
  console.log('proof:' + JSON.stringify({ tensorflow: tf.backend().binding.TF_Version }));
`;

const WASM = `
  const tf = require('@tensorflow/tfjs');
  require('@tensorflow/tfjs-backend-wasm');
  tf.setBackend('wasm').then((ok) => {
    if (!ok) throw new Error('the wasm backend did not start');
    ${MULTIPLY}
  }).catch((error) => { console.error('Error: ' + error.message); process.exit(1); });
`;

/** @returns {Promise<{tensorflow: string}>} the version of the TensorFlow that answered */
export async function proveNative(packageFolder) {
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' };
  const output = await run(process.execPath, ['-e', NATIVE, packageFolder], { env, seconds: 60 });
  const proof = /^proof:(.*)$/m.exec(output);
  if (!proof) throw new Error('the engine ended without a result');
  return JSON.parse(proof[1]);
}

export const proveWasm = (cwd) => run(process.execPath, ['-e', WASM], { cwd, seconds: 60 });
