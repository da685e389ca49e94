FROM docker.io/library/debian:trixie-slim AS build

RUN apt-get update && apt-get install --yes --no-install-recommends \
        gcc libc6-dev meson ninja-build pkg-config python3 python3-yaml nodejs npm ca-certificates \
        libmicrohttpd-dev libjansson-dev libcurl4-openssl-dev libsqlite3-dev libxml2-dev nettle-dev zlib1g-dev check \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /source
COPY . .
RUN meson setup build --buildtype=release -Ddashboard=enabled \
    && ninja -C build exportstat \
    && strip build/exportstat


FROM docker.io/library/debian:trixie-slim

# A volume that is mounted here for the first time takes over this owner.
RUN apt-get update && apt-get install --yes --no-install-recommends \
        libmicrohttpd12t64 libjansson4 libcurl4t64 ca-certificates libsqlite3-0 libxml2 libnettle8t64 zlib1g \
    && rm -rf /var/lib/apt/lists/* /var/cache/debconf/*-old /var/log/* \
    && install --directory --owner=65532 --group=65532 --mode=0750 /data

COPY --from=build /source/build/exportstat /usr/local/bin/exportstat
COPY --chmod=0755 deploy/healthcheck /usr/local/bin/healthcheck

ARG VERSION=dev
LABEL org.opencontainers.image.title="exportstat" \
      org.opencontainers.image.description="Monthly export statistics that can be cited, over HTTP" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="$VERSION"

# By number, so that an orchestrator can see that it is not root.
USER 65532:65532
ENV EXPORTSTAT_LISTEN=0.0.0.0:8080 \
    EXPORTSTAT_DATABASE=/data/exportstat.db
EXPOSE 8080
VOLUME /data
WORKDIR /data

HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["healthcheck"]
ENTRYPOINT ["exportstat"]
CMD ["serve"]
