export function Logo() {
  return (
    <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">
      <rect x="1" y="2" width="18" height="4" rx="1.6" fill="currentColor" />
      <rect x="1" y="8" width="12" height="4" rx="1.6" fill="currentColor" opacity=".55" />
      <rect x="1" y="14" width="7" height="4" rx="1.6" fill="currentColor" opacity=".28" />
    </svg>
  );
}
