# syntax=docker/dockerfile:1
FROM node:24-bookworm-slim AS build
WORKDIR /src
ENV CHECKPOINT_DISABLE=1 TURBO_TELEMETRY_DISABLED=1
RUN npm install --global pnpm@12.21.0
COPY pnpm-lock.yaml pnpm-workspace.yaml package.json ./
RUN --mount=type=cache,id=pnpm,target=/root/.local/share/pnpm/store pnpm fetch
COPY . .
RUN --mount=type=cache,id=pnpm,target=/root/.local/share/pnpm/store \
    pnpm install --frozen-lockfile --offline && pnpm build \
    && pnpm --filter @synap/server --prod --legacy deploy /out \
    && cp -r prisma /out/prisma

FROM node:24-bookworm-slim
# The git module reads repositories with the system's git; tini reaps and forwards signals.
RUN apt-get update && apt-get install --yes --no-install-recommends git tini && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=build --chown=root:root /out ./
# For "docker exec <container> synap doctor".
RUN chmod 755 dist/cli.js && ln -s /app/dist/cli.js /usr/local/bin/synap
ENV NODE_ENV=production SYNAP_ENV=production SYNAP_DATA_DIR=/data HOST=0.0.0.0 PORT=3000
RUN mkdir /data && chown 1000:1000 /data
VOLUME /data
# By number, so that Kubernetes can see that it is not root (runAsNonRoot).
USER 1000:1000
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/readyz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["tini", "--", "synap"]
CMD ["start"]
