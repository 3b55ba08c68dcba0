const ascii = /^[\x20-\x7e]*$/;
/** Characters that end the host of a URL or are decoded in it. */
const notInHost = /[\s/?#:@\\[\]%]/;

/** Maximum length of a domain name (RFC 1035 §2.3.4); IDNA takes time quadratic in the length. */
const maxLength = 253;

/**
 * Converts an internationalised domain of a mail address to ASCII (RFC 5891 §4.4); returns other
 * text unchanged.
 */
export function withAsciiDomain(address: string): string {
  const at = address.lastIndexOf('@') + 1;
  const domain = address.slice(at);
  if (
    at === 0 ||
    domain.length > maxLength ||
    ascii.test(domain) ||
    notInHost.test(domain) ||
    !URL.canParse(`http://${domain}`)
  )
    return address;
  return address.slice(0, at) + new URL(`http://${domain}`).hostname;
}
