-- CreateTable
CREATE TABLE "commons_idempotency" (
    "actor" TEXT NOT NULL,
    "key" VARCHAR(255) NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "answer" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "commons_idempotency_pkey" PRIMARY KEY ("actor","key")
);

-- CreateIndex
CREATE INDEX "commons_idempotency_expires_at_idx" ON "commons_idempotency"("expires_at");
