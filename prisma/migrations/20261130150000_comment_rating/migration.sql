-- Ratings are 1 to 5. Rows that are there already stay as they are.
ALTER TABLE "comments" ADD CONSTRAINT "comments_rating_check" CHECK ("rating" BETWEEN 1 AND 5) NOT VALID;
