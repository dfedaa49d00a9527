-- Which values a parameter of a template's version may have: JSON of options, min and max.
ALTER TABLE "template_parameters" ADD COLUMN "rules" text;
CREATE INDEX "template_parameters_ruled" ON "template_parameters" ("version_id") WHERE rules IS NOT NULL;
