/** Takes keys, secrets and signatures out of a text that people will see. */
export type Redact = (text: string) => string

const named = /\b(signature|api-?key|secret|listenkey|token)(["']?\s*[=:]\s*["']?)[\w%+/=.-]{6,}/gi

/** `secrets` vanish wherever they stand, what is named like one after its name; at most 500 characters remain. */
export function createRedactor(secrets: readonly string[] = []): Redact {
  const known = secrets.filter((secret) => secret.length > 0)
  return (text) =>
    known
      .reduce((clean, secret) => clean.replaceAll(secret, '***'), text)
      .replaceAll(named, '$1$2***')
      .slice(0, 500)
}
