interface Pool {
  query(text: string): Promise<unknown>;
}

/** Deletes expired rows. The library's own timer is off, so that one instance does it for all. */
export async function purgeRateLimits(pool: Pool): Promise<void> {
  await pool.query('DELETE FROM rate_limits WHERE expire < extract(epoch FROM now()) * 1000');
}
