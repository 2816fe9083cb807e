// What the pages need beside htmx: they all work without it.

// Which zone times are said in: the server cannot know.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone) document.cookie = `porchlight-zone=${zone}; Path=/; Max-Age=31536000; SameSite=Lax; Secure`;

// The session is over (401), or the page is older than what the feed keeps (410): the server says what comes now.
document.addEventListener('htmx:sse:error', (event) => {
  if ([401, 410].includes(event.detail.status)) location.reload();
});
