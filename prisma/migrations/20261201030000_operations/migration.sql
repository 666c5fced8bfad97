-- CreateTable
CREATE TABLE "commons_operations" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "handler" TEXT NOT NULL,
    "owner" TEXT,
    "state" TEXT NOT NULL,
    "atomic" BOOLEAN NOT NULL,
    "request" TEXT NOT NULL,
    "total" INTEGER NOT NULL,
    "created" INTEGER NOT NULL DEFAULT 0,
    "updated" INTEGER NOT NULL DEFAULT 0,
    "unchanged" INTEGER NOT NULL DEFAULT 0,
    "deleted" INTEGER NOT NULL DEFAULT 0,
    "failed" INTEGER NOT NULL DEFAULT 0,
    "chunks" INTEGER NOT NULL,
    "next_chunk" INTEGER NOT NULL DEFAULT 0,
    "error" TEXT,
    "sequence" INTEGER NOT NULL DEFAULT 0,
    "lease_token" UUID,
    "lease_until" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "commons_operations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "commons_operation_inputs" (
    "operation_id" UUID NOT NULL,
    "chunk" INTEGER NOT NULL,
    "offset" INTEGER NOT NULL,
    "items" TEXT NOT NULL,

    CONSTRAINT "commons_operation_inputs_pkey" PRIMARY KEY ("operation_id","chunk")
);

-- CreateTable
CREATE TABLE "commons_operation_failures" (
    "operation_id" UUID NOT NULL,
    "index" INTEGER NOT NULL,
    "status" INTEGER NOT NULL,
    "errors" TEXT NOT NULL,

    CONSTRAINT "commons_operation_failures_pkey" PRIMARY KEY ("operation_id","index")
);

-- CreateIndex
CREATE INDEX "commons_operations_state_lease_until_idx" ON "commons_operations"("state", "lease_until");

-- CreateIndex
CREATE INDEX "commons_operations_owner_created_at_id_idx" ON "commons_operations"("owner", "created_at", "id");

-- CreateIndex
CREATE INDEX "commons_operations_expires_at_idx" ON "commons_operations"("expires_at");

-- AddForeignKey
ALTER TABLE "commons_operation_inputs" ADD CONSTRAINT "commons_operation_inputs_operation_id_fkey" FOREIGN KEY ("operation_id") REFERENCES "commons_operations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "commons_operation_failures" ADD CONSTRAINT "commons_operation_failures_operation_id_fkey" FOREIGN KEY ("operation_id") REFERENCES "commons_operations"("id") ON DELETE CASCADE ON UPDATE CASCADE;
