/** The contract of a tokenizer: takes a text apart, the same way on every machine. */
export type Tokenizer = (text: string) => string[];
