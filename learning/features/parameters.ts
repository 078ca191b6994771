/** Values of parameters, as configurations and packages have them. */
export type ParameterValue = number | string | boolean;

/** Values that a search tries, by parameter. */
export type ParameterValues = Readonly<Record<string, readonly ParameterValue[]>>;

export type Parameters = Readonly<Record<string, ParameterValue>>;
