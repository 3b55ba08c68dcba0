-- AlterTable
ALTER TABLE "module_runs" ADD COLUMN     "attempts" INTEGER NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "job_workers" (
    "id" TEXT NOT NULL,
    "beat_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "job_workers_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "module_stages" (
    "id" UUID NOT NULL,
    "run_id" UUID NOT NULL,

    CONSTRAINT "module_stages_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "staged_events" (
    "stage_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "subject" TEXT,
    "payload" JSONB NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "staged_events_pkey" PRIMARY KEY ("stage_id","position")
);

-- CreateTable
CREATE TABLE "staged_entries" (
    "stage_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "value" JSONB,

    CONSTRAINT "staged_entries_pkey" PRIMARY KEY ("stage_id","key")
);

-- CreateIndex
CREATE INDEX "module_stages_run_id_idx" ON "module_stages"("run_id");

-- AddForeignKey
ALTER TABLE "module_stages" ADD CONSTRAINT "module_stages_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "module_runs"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "staged_events" ADD CONSTRAINT "staged_events_stage_id_fkey" FOREIGN KEY ("stage_id") REFERENCES "module_stages"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "staged_entries" ADD CONSTRAINT "staged_entries_stage_id_fkey" FOREIGN KEY ("stage_id") REFERENCES "module_stages"("id") ON DELETE CASCADE ON UPDATE CASCADE;


-- Written by hand: rules that the Prisma schema cannot say.
ALTER TABLE "module_runs" ADD CONSTRAINT "module_runs_attempts_are_counted" CHECK ("attempts" >= 0);

-- Staged rows are worthless once their attempt is over, so they need not survive a crash of the database, nor wait for the disk.
-- A referenced table must stay logged as long as a logged one refers to it: the referring tables come first.
ALTER TABLE "staged_events" SET UNLOGGED;
ALTER TABLE "staged_entries" SET UNLOGGED;
ALTER TABLE "module_stages" SET UNLOGGED;
