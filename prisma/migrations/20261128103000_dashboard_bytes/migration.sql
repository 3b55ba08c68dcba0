ALTER TABLE "dashboards" ADD COLUMN "bytes" INTEGER NOT NULL DEFAULT 0;
-- Close to what a save counts; the next save of each makes it exact.
UPDATE "dashboards" d SET "bytes" = octet_length(d."name") + coalesce((
  SELECT sum(octet_length(w."params"::text) + 150) FROM "widget_placements" w WHERE w."dashboard_id" = d."id"), 0);
