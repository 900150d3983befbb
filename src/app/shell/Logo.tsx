/** The logo: three branches that join into one. */
export function Logo({ size }: { size: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 32 32"
      aria-hidden
      focusable="false"
      style={{ flex: 'none' }}
    >
      <rect width="32" height="32" rx="8" fill="#1f707a" />
      <g fill="none" stroke="#fff" strokeWidth="2.4" strokeLinecap="round" strokeLinejoin="round">
        <path d="M6 16h19" />
        <path d="M9 16c3 0 3-7 6.5-7s3.5 7 6.5 7" />
        <path d="M9 16c3 0 3 7 6.5 7s3.5-7 6.5-7" />
      </g>
      <circle cx="25" cy="16" r="2.6" fill="#ffd479" />
    </svg>
  );
}
