-- Sessions of people's AI agents, wherever they run, and the questions that these ask. A question is open until it is
-- answered, times out or is withdrawn; a session has one open question at most.
CREATE TABLE "agent_sessions" (
  "seq" integer PRIMARY KEY AUTOINCREMENT NOT NULL,
  "id" text NOT NULL,
  "user_id" text NOT NULL,
  "key" text NOT NULL,
  "state" text NOT NULL,
  "title" text NOT NULL,
  "message" text NOT NULL,
  "url" text,
  "parent" text,
  "workspace_id" text,
  "app_id" text,
  "is_task" integer NOT NULL,
  "created_at" integer NOT NULL,
  "state_since" integer NOT NULL,
  "seen_at" integer NOT NULL,
  "ended_at" integer,
  "minute_at" integer NOT NULL,
  "minute_changes" integer NOT NULL,
  "change_id" text NOT NULL,
  FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE,
  CONSTRAINT "agent_sessions_state" CHECK(state IN ('working', 'waiting', 'done', 'failed', 'stale'))
);
CREATE UNIQUE INDEX "agent_sessions_id" ON "agent_sessions" ("id");
CREATE UNIQUE INDEX "agent_sessions_key" ON "agent_sessions" ("user_id", "key");
CREATE INDEX "agent_sessions_live" ON "agent_sessions" ("user_id", "seq") WHERE ended_at IS NULL;
CREATE INDEX "agent_sessions_changed" ON "agent_sessions" ("user_id", "state_since", "seq");
CREATE INDEX "agent_sessions_seen" ON "agent_sessions" ("state", "seen_at") WHERE ended_at IS NULL;
CREATE INDEX "agent_sessions_ended" ON "agent_sessions" ("ended_at") WHERE ended_at IS NOT NULL;
CREATE INDEX "agent_sessions_workspace" ON "agent_sessions" ("workspace_id") WHERE workspace_id IS NOT NULL;
CREATE TABLE "agent_questions" (
  "seq" integer PRIMARY KEY AUTOINCREMENT NOT NULL,
  "id" text NOT NULL,
  "session_id" text NOT NULL,
  "user_id" text NOT NULL,
  "text" text NOT NULL,
  "options" text NOT NULL,
  "takes_text" integer NOT NULL,
  "default_answer" text,
  "created_at" integer NOT NULL,
  "times_out_at" integer NOT NULL,
  "state" text NOT NULL,
  "answer" text,
  "ended_by" text,
  "ended_at" integer,
  "end_id" text,
  FOREIGN KEY ("session_id") REFERENCES "agent_sessions"("id") ON DELETE CASCADE,
  FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE,
  CONSTRAINT "agent_questions_state" CHECK(state IN ('open', 'answered', 'timed_out', 'withdrawn'))
);
CREATE UNIQUE INDEX "agent_questions_id" ON "agent_questions" ("id");
CREATE UNIQUE INDEX "agent_questions_open" ON "agent_questions" ("session_id") WHERE state = 'open';
CREATE INDEX "agent_questions_user" ON "agent_questions" ("user_id") WHERE state = 'open';
CREATE INDEX "agent_questions_due" ON "agent_questions" ("times_out_at") WHERE state = 'open';
CREATE INDEX "agent_questions_session" ON "agent_questions" ("session_id", "seq");
