/** A random id; `crypto.randomUUID` is missing on plain-http pages, which is how a centre's own network serves us. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')
}
