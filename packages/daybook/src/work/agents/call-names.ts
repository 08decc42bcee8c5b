// Names under which models call skills: they take letters, digits, `_` and `-`, ids of skills have slashes and dots too.

/** An id as a model calls it: `/` is `__` and `.` is `_-`. */
export function calledName(id: string): string {
  return id.replaceAll('/', '__').replaceAll('.', '_-')
}

/** The id again, for people to read. */
export function idOfCalled(name: string): string {
  return name.replaceAll('__', '/').replaceAll('_-', '.')
}
