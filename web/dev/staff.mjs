/** Staff endpoints of the stand-in; filled once the real ones are known. */
export async function staffRoutes() {
  return false
}
