/** Addresses that may hold secrets: the one place that takes them out, for every address that is printed or stored. */

/** A user and password before the host, also where a password has an unescaped `@` or `/` in it. */
const LOGIN = /([a-z][a-z0-9+.-]*:\/\/)[^\s"'`<>]*@/gi;
const PARAMETER =
  /([?&;](?:password|passwd|pwd|token|access_token|api_?key|key|secret|sig|signature)=)[^&;#\s"'`]*/gi;

/** The text with what may be a user, a password or a token in its addresses replaced by `***`. */
export const withoutSecrets = (text: string): string =>
  text.replace(LOGIN, '$1***@').replace(PARAMETER, '$1***');
