// The sign of daybook: a page with ruled lines, the last of which is being written.

export function Mark() {
  return (
    <svg viewBox="0 0 32 32" width={18} height={18} aria-hidden="true">
      <rect x="3" y="3" width="26" height="26" rx="4" fill="none" stroke="currentColor" strokeWidth="2.6" />
      <path d="M9 11h14M9 16.5h14M9 22h7" stroke="currentColor" strokeWidth="2.6" strokeLinecap="round" />
    </svg>
  )
}
