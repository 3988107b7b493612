-- Organisations are listed in pages of those that one operator made.
-- CreateIndex
CREATE INDEX "organisation_parent_id_id_idx" ON "organisation"("parent_id", "id");
