-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "role" AS ENUM ('user', 'superuser');

-- CreateEnum
CREATE TYPE "module_run_status" AS ENUM ('queued', 'running', 'succeeded', 'failed');

-- CreateEnum
CREATE TYPE "module_run_trigger" AS ENUM ('manual', 'schedule');

-- CreateEnum
CREATE TYPE "event_source" AS ENUM ('module', 'user', 'system');

-- CreateTable
CREATE TABLE "dashboards" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "dashboards_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "widget_placements" (
    "dashboard_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "module_id" TEXT NOT NULL,
    "widget_id" TEXT NOT NULL,
    "params" JSONB NOT NULL,
    "x" INTEGER NOT NULL,
    "y" INTEGER NOT NULL,
    "w" INTEGER NOT NULL,
    "h" INTEGER NOT NULL,

    CONSTRAINT "widget_placements_pkey" PRIMARY KEY ("dashboard_id","id")
);

-- CreateTable
CREATE TABLE "users" (
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "password_hash" TEXT NOT NULL,
    "role" "role" NOT NULL DEFAULT 'user',
    "disabled_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sessions" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "counter" INTEGER NOT NULL DEFAULT 0,
    "salt" BYTEA NOT NULL,
    "key_id" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "user_agent" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "rotated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "sessions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "module_runs" (
    "id" UUID NOT NULL,
    "module_id" TEXT NOT NULL,
    "status" "module_run_status" NOT NULL DEFAULT 'queued',
    "trigger" "module_run_trigger" NOT NULL,
    "progress_done" INTEGER,
    "progress_total" INTEGER,
    "events" INTEGER NOT NULL DEFAULT 0,
    "error" TEXT,
    "lease_token" UUID,
    "lease_until" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "module_runs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "module_entries" (
    "module_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "value" JSONB NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "module_entries_pkey" PRIMARY KEY ("module_id","key")
);

-- CreateTable
CREATE TABLE "events" (
    "id" UUID NOT NULL,
    "source" "event_source" NOT NULL,
    "type" TEXT NOT NULL,
    "subject" TEXT,
    "module_id" TEXT,
    "dedupe_key" TEXT,
    "payload" JSONB NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "events_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "dashboards_owner_id_id_idx" ON "dashboards"("owner_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "users_email_key" ON "users"("email");

-- CreateIndex
CREATE INDEX "sessions_user_id_created_at_idx" ON "sessions"("user_id", "created_at");

-- CreateIndex
CREATE INDEX "module_runs_module_id_id_idx" ON "module_runs"("module_id", "id");

-- CreateIndex
CREATE INDEX "events_source_type_id_idx" ON "events"("source", "type", "id");

-- CreateIndex
CREATE UNIQUE INDEX "events_module_id_dedupe_key_key" ON "events"("module_id", "dedupe_key");

-- AddForeignKey
ALTER TABLE "dashboards" ADD CONSTRAINT "dashboards_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "widget_placements" ADD CONSTRAINT "widget_placements_dashboard_id_fkey" FOREIGN KEY ("dashboard_id") REFERENCES "dashboards"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;



-- Written by hand: rules that the Prisma schema cannot say.
ALTER TABLE "users" ADD CONSTRAINT "users_email_is_normalised" CHECK ("email" = lower("email") AND "email" <> '');
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_counter_is_positive" CHECK ("counter" >= 0);
ALTER TABLE "dashboards" ADD CONSTRAINT "dashboards_version_is_positive" CHECK ("version" >= 1);
ALTER TABLE "widget_placements" ADD CONSTRAINT "widget_placements_fit_the_grid" CHECK ("x" >= 0 AND "y" >= 0 AND "w" >= 1 AND "h" >= 1);
ALTER TABLE "widget_placements" ADD CONSTRAINT "widget_placements_params_are_an_object" CHECK (jsonb_typeof("params") = 'object');

-- One synchronisation of a module at a time, whichever instance asks.
CREATE UNIQUE INDEX "module_runs_one_active" ON "module_runs" ("module_id") WHERE "status" IN ('queued', 'running');
