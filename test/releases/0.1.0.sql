PRAGMA foreign_keys = OFF;
BEGIN TRANSACTION;
CREATE TABLE "api_keys" (
  "id" text PRIMARY KEY NOT NULL,
  "user_id" text NOT NULL,
  "secret_hash" text NOT NULL,
  "kind" text NOT NULL,
  "name" text NOT NULL,
  "scope" text NOT NULL,
  "lifetime_seconds" integer NOT NULL,
  "created_at" integer NOT NULL,
  "updated_at" integer NOT NULL,
  "last_used_at" integer,
  "expires_at" integer NOT NULL,
  FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE cascade,
  CONSTRAINT "api_keys_kind" CHECK(kind IN ('session', 'token')),
  CONSTRAINT "api_keys_scope" CHECK(scope IN ('all', 'read', 'notify'))
);
INSERT INTO "api_keys" VALUES('oQ6Rw1aVE3','01a21a48-cd7d-722a-88c5-3add71d723d2','4c6dccbe867ac86784a6960ead8e2c6065c0b5f6f418bd43ab3584e59732265b','session','','all',604800,1795737310038,1795737310038,1795737310038,1796342110038);
INSERT INTO "api_keys" VALUES('Dd5lcWCeHK','01a21a48-cd7d-722a-88c5-3add71d723d2','a83cfb2655e1a92de440e5e3ec73fe97cd2ec421bd0383fdb767d49e364b1922','token','ci','all',3155760000,1795737311739,1795737311739,NULL,4951497311739);
INSERT INTO "api_keys" VALUES('kZwE46DNNM','01a21a48-cd7d-722a-88c5-3add71d723d2','9af3b3224455a6bcf6350f847babd07111caf0121b41a818ee1503b6eb6d9ac8','token','notify','notify',3155760000,1795737311773,1795737311773,NULL,4951497311773);
CREATE TABLE "audit_entries" (
  "seq" integer PRIMARY KEY AUTOINCREMENT NOT NULL,
  "id" text NOT NULL,
  "at" integer NOT NULL,
  "actor_id" text,
  "action" text NOT NULL,
  "resource_type" text NOT NULL,
  "resource_id" text,
  "request_id" text NOT NULL,
  "address" text,
  "detail" text NOT NULL
);
INSERT INTO "audit_entries" VALUES(1,'01a21a48-d09a-73dd-98b9-c35b150899ac',1795737309338,NULL,'create','user','01a21a48-cd7d-722a-88c5-3add71d723d2','01a21a48-cd6c-7666-8774-b711f20107b6','127.0.0.1','{"username":"ada","email":"ada@example.com","roles":["owner"],"first":true}');
INSERT INTO "audit_entries" VALUES(2,'01a21a48-d356-769d-82ee-871780408ef6',1795737310038,'01a21a48-cd7d-722a-88c5-3add71d723d2','login','api_key','oQ6Rw1aVE3','01a21a48-d0c8-7333-b80c-6629c8379aa8','127.0.0.1','{}');
INSERT INTO "audit_entries" VALUES(3,'01a21a48-d702-739f-ac0d-a93475cc09d9',1795737310978,'01a21a48-cd7d-722a-88c5-3add71d723d2','create','user','01a21a48-d38c-7699-9279-4964291c6b97','01a21a48-d384-73af-8afa-3c212a2ec00a','127.0.0.1','{"username":"asa","email":"Åsa@Bücher.example","status":"active"}');
INSERT INTO "audit_entries" VALUES(4,'01a21a48-d9c6-76e0-8cf1-d65a41d6fd9d',1795737311686,'01a21a48-cd7d-722a-88c5-3add71d723d2','create','user','01a21a48-d73b-7754-bb5f-3551ef90369b','01a21a48-d737-72a5-89f1-641ad2aa6cd1','127.0.0.1','{"username":"grace","email":"grace@example.com","status":"active"}');
INSERT INTO "audit_entries" VALUES(5,'01a21a48-d9da-7602-b587-1e2c140e730d',1795737311706,'01a21a48-cd7d-722a-88c5-3add71d723d2','write','user','01a21a48-d73b-7754-bb5f-3551ef90369b','01a21a48-d9d7-77ed-871b-d3d1033ab6e7','127.0.0.1','{"roles":{"from":[],"to":["template-admin"]}}');
INSERT INTO "audit_entries" VALUES(6,'01a21a48-d9fb-7111-94c4-21ed237f010b',1795737311739,'01a21a48-cd7d-722a-88c5-3add71d723d2','create','api_key','Dd5lcWCeHK','01a21a48-d9f0-72f0-96e0-09de582f832e','127.0.0.1','{"user_id":"01a21a48-cd7d-722a-88c5-3add71d723d2","kind":"token","scope":"all","name":"ci","lifetime_seconds":3155760000}');
INSERT INTO "audit_entries" VALUES(7,'01a21a48-da1d-71d8-a1b0-5c1ca380152e',1795737311773,'01a21a48-cd7d-722a-88c5-3add71d723d2','create','api_key','kZwE46DNNM','01a21a48-da10-717f-94d6-0a97b8852f97','127.0.0.1','{"user_id":"01a21a48-cd7d-722a-88c5-3add71d723d2","kind":"token","scope":"notify","name":"notify","lifetime_seconds":3155760000}');
INSERT INTO "audit_entries" VALUES(8,'01a21a48-da3c-7014-b78c-1d2dbd420801',1795737311804,'01a21a48-cd7d-722a-88c5-3add71d723d2','create','provisioner_key','RlbrrL1U2V','01a21a48-da33-70e8-adee-0e1e310623f0','127.0.0.1','{"name":"rack"}');
INSERT INTO "audit_entries" VALUES(9,'01a21a48-da6e-71f3-bd07-0330d8628bfb',1795737311854,'01a21a48-cd7d-722a-88c5-3add71d723d2','create','template_version','01a21a48-da6e-71f1-b993-77fc2462f291','01a21a48-da54-766e-ab67-4b4ba6983763','127.0.0.1','{"name":"v1","template_id":null,"file_id":null,"parameters":["size"],"presets":["large"]}');
INSERT INTO "audit_entries" VALUES(10,'01a21a48-daa3-76f3-be5f-2ae30f3302cc',1795737311907,'01a21a48-cd7d-722a-88c5-3add71d723d2','create','template','01a21a48-daa2-74dc-8889-3a30a88d3b5f','01a21a48-da92-714a-86ec-79c9c723480c','127.0.0.1','{"name":"docker","version_id":"01a21a48-da6e-71f1-b993-77fc2462f291"}');
INSERT INTO "audit_entries" VALUES(11,'01a21a48-db18-753b-88f4-d1ae850daca1',1795737312024,'01a21a48-cd7d-722a-88c5-3add71d723d2','create','workspace','01a21a48-db17-734e-943b-c5fba13629c2','01a21a48-db02-7638-a3cc-161e87434b7d','127.0.0.1','{"name":"dev","owner":"ada","template":"docker","version":"v1","build_id":"01a21a48-db18-7536-9ee1-00a1cd1d4d3f"}');
CREATE TABLE "build_logs" (
  "seq" integer PRIMARY KEY AUTOINCREMENT NOT NULL,
  "id" text NOT NULL,
  "build_id" text NOT NULL,
  "at" integer NOT NULL,
  "level" text NOT NULL,
  "source" text NOT NULL,
  "stage" text NOT NULL,
  "output" text NOT NULL,
  FOREIGN KEY ("build_id") REFERENCES "workspace_builds"("id") ON DELETE cascade
);
INSERT INTO "build_logs" VALUES(1,'01a21a48-db18-7536-9ee1-00a1cd1d4d3f:01a21a48-db8f-7593-b1d2-b3bf7e8ba5e4','01a21a48-db18-7536-9ee1-00a1cd1d4d3f',1795737312143,'info','provisioner','Apply','done');
INSERT INTO "build_logs" VALUES(2,'01a21a48-dae3-7070-8ffa-37b31a26bb92:01a21a48-dbf6-75e0-8bb2-cec46fa9732a','01a21a48-dae3-7070-8ffa-37b31a26bb92',1795737312246,'info','provisioner','Apply','done');
CREATE TABLE "build_parameters" (
  "build_id" text NOT NULL,
  "name" text NOT NULL,
  "value" text NOT NULL,
  PRIMARY KEY("build_id", "name"),
  FOREIGN KEY ("build_id") REFERENCES "workspace_builds"("id") ON DELETE cascade
);
INSERT INTO "build_parameters" VALUES('01a21a48-dae3-7070-8ffa-37b31a26bb92','size','large');
INSERT INTO "build_parameters" VALUES('01a21a48-db18-7536-9ee1-00a1cd1d4d3f','size','small');
CREATE TABLE "counters" (
  "name" text NOT NULL,
  "labels" text NOT NULL,
  "value" real NOT NULL,
  PRIMARY KEY("name", "labels")
);
INSERT INTO "counters" VALUES('belfry_notifications_finished_total','{"method":"inbox","status":"sent"}',4.0);
INSERT INTO "counters" VALUES('coderd_notifications_dispatch_attempts_total','{"method":"webhook","notification_template_id":"4e19c0ac-94e1-4532-9515-d1801aa283b2","result":"temp_fail"}',2.0);
INSERT INTO "counters" VALUES('coderd_notifications_dispatcher_send_seconds_bucket','{"le":"0.05","method":"webhook"}',4.0);
INSERT INTO "counters" VALUES('coderd_notifications_dispatcher_send_seconds_count','{"method":"webhook"}',4.0);
INSERT INTO "counters" VALUES('coderd_notifications_dispatcher_send_seconds_sum','{"method":"webhook"}',0.101);
INSERT INTO "counters" VALUES('coderd_notifications_queued_seconds_bucket','{"le":"1","method":"webhook"}',4.0);
INSERT INTO "counters" VALUES('coderd_notifications_queued_seconds_count','{"method":"webhook"}',4.0);
INSERT INTO "counters" VALUES('coderd_notifications_queued_seconds_sum','{"method":"webhook"}',0.213);
INSERT INTO "counters" VALUES('belfry_notifications_finished_total','{"method":"inbox","status":"inhibited"}',1.0);
INSERT INTO "counters" VALUES('belfry_notifications_finished_total','{"method":"webhook","status":"inhibited"}',1.0);
INSERT INTO "counters" VALUES('coderd_notifications_dispatch_attempts_total','{"method":"webhook","notification_template_id":"39b1e189-c857-4b0c-877a-511144c18516","result":"temp_fail"}',2.0);
CREATE TABLE "file_chunks" (
  "file_id" text NOT NULL,
  "position" integer NOT NULL,
  "content" blob NOT NULL,
  PRIMARY KEY("file_id", "position"),
  FOREIGN KEY ("file_id") REFERENCES "files"("id") ON DELETE cascade
);
CREATE TABLE "files" (
  "id" text PRIMARY KEY NOT NULL,
  "hash" text NOT NULL,
  "size" integer NOT NULL,
  "created_by" text NOT NULL,
  "created_at" integer NOT NULL
);
CREATE TABLE "inbox_notifications" (
  "seq" integer PRIMARY KEY AUTOINCREMENT NOT NULL,
  "id" text NOT NULL,
  "user_id" text NOT NULL,
  "template_id" text NOT NULL,
  "targets" text NOT NULL,
  "title" text NOT NULL,
  "content" text NOT NULL,
  "icon" text NOT NULL,
  "actions" text NOT NULL,
  "read_at" integer,
  "created_at" integer NOT NULL,
  FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE cascade,
  FOREIGN KEY ("template_id") REFERENCES "notification_templates"("id")
);
INSERT INTO "inbox_notifications" VALUES(1,'01a21a48-d6e6-7218-85cf-51a00d7944a9','01a21a48-cd7d-722a-88c5-3add71d723d2','4e19c0ac-94e1-4532-9515-d1801aa283b2','["01a21a48-d38c-7699-9279-4964291c6b97"]','New account: asa','**Ada Lovelace** made an account for **asa**.','','[{"label":"View users","url":"http://127.0.0.1:5870/deployment/users?filter=status%3Aactive"}]',NULL,1795737310950);
INSERT INTO "inbox_notifications" VALUES(2,'01a21a48-d9c4-765e-bb84-bc3fc96c4200','01a21a48-cd7d-722a-88c5-3add71d723d2','4e19c0ac-94e1-4532-9515-d1801aa283b2','["01a21a48-d73b-7754-bb5f-3551ef90369b"]','New account: grace','**Ada Lovelace** made an account for **grace**.','','[{"label":"View users","url":"http://127.0.0.1:5870/deployment/users?filter=status%3Aactive"}]',NULL,1795737311684);
INSERT INTO "inbox_notifications" VALUES(3,'01a21a48-dc51-74cc-b661-fc7514dbf43d','01a21a48-cd7d-722a-88c5-3add71d723d2','39b1e189-c857-4b0c-877a-511144c18516','[]','Read','one','','[]',1795737312403,1795737312337);
INSERT INTO "inbox_notifications" VALUES(4,'01a21a48-dcbe-702b-8537-a4b56d5a2ba2','01a21a48-cd7d-722a-88c5-3add71d723d2','39b1e189-c857-4b0c-877a-511144c18516','[]','Unread','two','','[]',NULL,1795737312446);
CREATE TABLE "leases" (
  "name" text PRIMARY KEY NOT NULL,
  "token" text,
  "expires_at" integer NOT NULL,
  "next_due_at" integer NOT NULL,
  "wished_at" integer
);
INSERT INTO "leases" VALUES('prebuilds',NULL,0,1795737372322,NULL);
CREATE TABLE migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL);
INSERT INTO "migrations" VALUES(1,'0001_first_slice',1795737307839);
INSERT INTO "migrations" VALUES(2,'0002_workspaces',1795737307839);
INSERT INTO "migrations" VALUES(3,'0003_agents',1795737307839);
INSERT INTO "migrations" VALUES(4,'0004_passcode',1795737307839);
INSERT INTO "migrations" VALUES(5,'0005_drift',1795737307839);
INSERT INTO "migrations" VALUES(6,'0006_pools',1795737307839);
CREATE TABLE "notification_attempts" (
  "message_id" text NOT NULL,
  "number" integer NOT NULL,
  "started_at" integer NOT NULL,
  "finished_at" integer,
  "outcome" text NOT NULL,
  "detail" text,
  PRIMARY KEY("message_id", "number"),
  FOREIGN KEY ("message_id") REFERENCES "notification_messages"("id") ON DELETE cascade,
  CONSTRAINT "notification_attempts_outcome" CHECK(outcome IN ('started', 'sent', 'temporary_failure', 'permanent_failure'))
);
INSERT INTO "notification_attempts" VALUES('01a21a48-d6e6-7217-95ce-720ff6f3ee6f',1,1795737311015,1795737311045,'temporary_failure','answered 500');
INSERT INTO "notification_attempts" VALUES('01a21a48-d9c4-765d-91b8-cff5248c7a9d',1,1795737311695,1795737311714,'temporary_failure','answered 500');
INSERT INTO "notification_attempts" VALUES('01a21a48-dc51-74cb-8e17-bfa4c2009233',1,1795737312387,1795737312418,'temporary_failure','answered 500');
INSERT INTO "notification_attempts" VALUES('01a21a48-dcbe-702a-af02-3a274c0c4f66',1,1795737312473,1795737312554,'temporary_failure','answered 500');
CREATE TABLE "notification_events" (
  "seq" integer PRIMARY KEY AUTOINCREMENT NOT NULL,
  "id" text NOT NULL,
  "template_id" text NOT NULL,
  "template_version" integer NOT NULL,
  "labels" text NOT NULL,
  "data" text,
  "targets" text NOT NULL,
  "created_by" text NOT NULL,
  "created_at" integer NOT NULL,
  FOREIGN KEY ("template_id","template_version") REFERENCES "notification_template_versions"("template_id","number")
);
INSERT INTO "notification_events" VALUES(1,'01a21a48-d6e6-7216-b518-1ef72669593f','4e19c0ac-94e1-4532-9515-d1801aa283b2',1,'{"created_account_name":"","created_account_user_name":"asa","initiator":"Ada Lovelace"}',NULL,'["01a21a48-d38c-7699-9279-4964291c6b97"]','api-users-create',1795737310950);
INSERT INTO "notification_events" VALUES(2,'01a21a48-d9c4-765c-a412-865f9be5660c','4e19c0ac-94e1-4532-9515-d1801aa283b2',1,'{"created_account_name":"","created_account_user_name":"grace","initiator":"Ada Lovelace"}',NULL,'["01a21a48-d73b-7754-bb5f-3551ef90369b"]','api-users-create',1795737311683);
INSERT INTO "notification_events" VALUES(3,'01a21a48-db18-7538-bf8e-7c64ab4ed31a','281fdf73-c6d6-4cbb-8ff5-888baf8a2fff',1,'{"workspace":"dev","template":"docker","version":"v1","workspace_owner_username":"ada"}','{"workspace":{"id":"01a21a48-db17-734e-943b-c5fba13629c2","name":"dev"},"template":{"id":"01a21a48-daa2-74dc-8889-3a30a88d3b5f","name":"docker"},"template_version":{"id":"01a21a48-da6e-71f1-b993-77fc2462f291","name":"v1"},"owner":{"id":"01a21a48-cd7d-722a-88c5-3add71d723d2","name":"Ada Lovelace","email":"ada@example.com"},"initiator":{"id":"01a21a48-cd7d-722a-88c5-3add71d723d2","username":"ada"},"parameters":[],"parameters_left_out":0}','["01a21a48-db17-734e-943b-c5fba13629c2","01a21a48-cd7d-722a-88c5-3add71d723d2","01a21a48-daa2-74dc-8889-3a30a88d3b5f","01a21a48-cb92-76ad-8e04-2d2357001cde"]','api-workspaces-created',1795737312024);
INSERT INTO "notification_events" VALUES(4,'01a21a48-dc51-74ca-968d-9a732c308f36','39b1e189-c857-4b0c-877a-511144c18516',1,'{"custom_title":"Read","custom_message":"one"}','{"dedupe_bypass_ts":"2026-11-26T23:55:00Z"}','[]','01a21a48-cd7d-722a-88c5-3add71d723d2',1795737312337);
INSERT INTO "notification_events" VALUES(5,'01a21a48-dcbe-7029-809f-ebe8c10e6c4d','39b1e189-c857-4b0c-877a-511144c18516',1,'{"custom_title":"Unread","custom_message":"two"}','{"dedupe_bypass_ts":"2026-11-26T23:55:00Z"}','[]','01a21a48-cd7d-722a-88c5-3add71d723d2',1795737312445);
CREATE TABLE "notification_messages" (
  "seq" integer PRIMARY KEY AUTOINCREMENT NOT NULL,
  "id" text NOT NULL,
  "event_id" text NOT NULL,
  "user_id" text NOT NULL,
  "method" text NOT NULL,
  "status" text NOT NULL,
  "reasons" text NOT NULL,
  "due_at" integer,
  "lease_token" text,
  "attempt_count" integer NOT NULL,
  "attempts_forgiven" integer DEFAULT 0 NOT NULL,
  "dedupe_key" text,
  "created_at" integer NOT NULL,
  "updated_at" integer NOT NULL, "subject" text, "sealed_labels" text, "expires_at" integer,
  FOREIGN KEY ("event_id") REFERENCES "notification_events"("id") ON DELETE cascade,
  FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE cascade,
  CONSTRAINT "notification_messages_method" CHECK(method IN ('inbox', 'webhook', 'smtp')),
  CONSTRAINT "notification_messages_status" CHECK(status IN ('pending', 'leased', 'sent', 'temporary_failure', 'permanent_failure', 'inhibited')),
  CONSTRAINT "notification_messages_alive" CHECK((due_at IS NOT NULL) = (status IN ('pending', 'leased', 'temporary_failure'))),
  CONSTRAINT "notification_messages_leased" CHECK((lease_token IS NOT NULL) = (status = 'leased'))
);
INSERT INTO "notification_messages" VALUES(1,'01a21a48-d6e6-7217-95ce-720ff6f3ee6f','01a21a48-d6e6-7216-b518-1ef72669593f','01a21a48-cd7d-722a-88c5-3add71d723d2','webhook','temporary_failure','["role_owner","deployment_default"]',1795737341855,NULL,1,0,'04cd0a433d912b9e61ec2304d0ef64906abac03e559a70261f2982f6e7e49fc9',1795737310950,1795737311045,NULL,NULL,NULL);
INSERT INTO "notification_messages" VALUES(2,'01a21a48-d6e6-7218-85cf-51a00d7944a9','01a21a48-d6e6-7216-b518-1ef72669593f','01a21a48-cd7d-722a-88c5-3add71d723d2','inbox','sent','["role_owner","inbox"]',NULL,NULL,0,0,'a270d5fe1369d5fcbe84fa045a7333db0fb47def672cc01eb2a533700d767276',1795737310950,1795737310950,NULL,NULL,NULL);
INSERT INTO "notification_messages" VALUES(3,'01a21a48-d9c4-765d-91b8-cff5248c7a9d','01a21a48-d9c4-765c-a412-865f9be5660c','01a21a48-cd7d-722a-88c5-3add71d723d2','webhook','temporary_failure','["role_owner","deployment_default"]',1795737339664,NULL,1,0,'803105923c2f3a80569d31ec92687c0ebb884d6948c94e08d0a4fcdf9ac2aa1e',1795737311684,1795737311714,NULL,NULL,NULL);
INSERT INTO "notification_messages" VALUES(4,'01a21a48-d9c4-765e-bb84-bc3fc96c4200','01a21a48-d9c4-765c-a412-865f9be5660c','01a21a48-cd7d-722a-88c5-3add71d723d2','inbox','sent','["role_owner","inbox"]',NULL,NULL,0,0,'05c2ff15d566ef15d4ad9448811da8e106fa913d4427769faba087094e82fa58',1795737311684,1795737311684,NULL,NULL,NULL);
INSERT INTO "notification_messages" VALUES(5,'01a21a48-db18-7539-bb58-fbcc880783ef','01a21a48-db18-7538-bf8e-7c64ab4ed31a','01a21a48-d73b-7754-bb5f-3551ef90369b','webhook','inhibited','["role_template-admin","deployment_default","off_by_default"]',NULL,NULL,0,0,NULL,1795737312024,1795737312024,NULL,NULL,NULL);
INSERT INTO "notification_messages" VALUES(6,'01a21a48-db18-753a-9f04-7152525352f4','01a21a48-db18-7538-bf8e-7c64ab4ed31a','01a21a48-d73b-7754-bb5f-3551ef90369b','inbox','inhibited','["role_template-admin","inbox","off_by_default"]',NULL,NULL,0,0,NULL,1795737312024,1795737312024,NULL,NULL,NULL);
INSERT INTO "notification_messages" VALUES(7,'01a21a48-dc51-74cb-8e17-bfa4c2009233','01a21a48-dc51-74ca-968d-9a732c308f36','01a21a48-cd7d-722a-88c5-3add71d723d2','webhook','temporary_failure','["to_self","deployment_default"]',1795737344979,NULL,1,0,'8673dee4b1dc6479fd3271d859d25cbbfa8a9dc61cf1e136af33afc36e12ef18',1795737312337,1795737312418,NULL,NULL,NULL);
INSERT INTO "notification_messages" VALUES(8,'01a21a48-dc51-74cc-b661-fc7514dbf43d','01a21a48-dc51-74ca-968d-9a732c308f36','01a21a48-cd7d-722a-88c5-3add71d723d2','inbox','sent','["to_self","inbox"]',NULL,NULL,0,0,'c035939bfff3054c404fe94b1f23e63580c919b5aba632248f5eb91afae6e550',1795737312337,1795737312337,NULL,NULL,NULL);
INSERT INTO "notification_messages" VALUES(9,'01a21a48-dcbe-702a-af02-3a274c0c4f66','01a21a48-dcbe-7029-809f-ebe8c10e6c4d','01a21a48-cd7d-722a-88c5-3add71d723d2','webhook','temporary_failure','["to_self","deployment_default"]',1795737348177,NULL,1,0,'492ea79f2f5baa1823b767da25f522d47cbfdb9b759104b8d82a22739a7a6ac6',1795737312446,1795737312554,NULL,NULL,NULL);
INSERT INTO "notification_messages" VALUES(10,'01a21a48-dcbe-702b-8537-a4b56d5a2ba2','01a21a48-dcbe-7029-809f-ebe8c10e6c4d','01a21a48-cd7d-722a-88c5-3add71d723d2','inbox','sent','["to_self","inbox"]',NULL,NULL,0,0,'d72ff360d9f141be9c78e626df1e0ab1525082b4014c81f3d93b223442559c7a',1795737312446,1795737312446,NULL,NULL,NULL);
CREATE TABLE "notification_preferences" (
  "user_id" text NOT NULL,
  "template_id" text NOT NULL,
  "disabled" integer NOT NULL,
  "created_at" integer NOT NULL,
  "updated_at" integer NOT NULL,
  PRIMARY KEY("user_id", "template_id"),
  FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE cascade,
  FOREIGN KEY ("template_id") REFERENCES "notification_templates"("id") ON DELETE cascade
);
INSERT INTO "notification_preferences" VALUES('01a21a48-cd7d-722a-88c5-3add71d723d2','4e19c0ac-94e1-4532-9515-d1801aa283b2',1,1795737312530,1795737312530);
CREATE TABLE "notification_template_versions" (
  "template_id" text NOT NULL,
  "number" integer NOT NULL,
  "title" text NOT NULL,
  "body" text NOT NULL,
  "actions" text NOT NULL,
  "origin" text NOT NULL,
  "content_hash" text NOT NULL,
  "created_by" text,
  "created_at" integer NOT NULL,
  PRIMARY KEY("template_id", "number"),
  FOREIGN KEY ("template_id") REFERENCES "notification_templates"("id") ON DELETE cascade,
  CONSTRAINT "notification_template_versions_origin" CHECK(origin IN ('seed', 'admin'))
);
INSERT INTO "notification_template_versions" VALUES('39b1e189-c857-4b0c-877a-511144c18516',1,'{{ labels.custom_title | raw }}','{{ labels.custom_message | raw }}','[]','seed','0d824c3ba41d3861185d99047bba3f843a712d8d7cf7cd1971f5a386867393a1',NULL,1795737308041);
INSERT INTO "notification_template_versions" VALUES('62f86a30-2330-4b61-a26d-311ff3b608cf',1,'Set a new password','Somebody, most likely you, has asked for a new password for **{{ user.username }}**. Follow the link, or type this code where you asked:

**{{ labels.one_time_passcode }}**

It works once, for 20 minutes. If you didn''t ask for it, there is nothing to do: without this code nobody can change anything.','[{"label":"Reset password","url":"{{ base_url | raw }}/reset-password/change?otp={{ labels.one_time_passcode }}&email={{ user.email }}"}]','seed','62ebf9278af86d93f2fd75b04adf38a3e7913d458a4ff9f663f93f9f8046a72b',NULL,1795737308041);
INSERT INTO "notification_template_versions" VALUES('5f1d2c8e-7a46-4e0b-9c3d-1b6e8f20a9d4',1,'Your password was changed','The password of **{{ user.username }}** was changed {{ labels.how }}{% if labels.address != "" %}, from {{ labels.address }}{% endif %}. All sessions and tokens have ended.

If that wasn''t you, somebody can read your mail: secure your mailbox first, then reset the password, and tell an administrator.','[{"label":"Open Belfry","url":"{{ base_url | raw }}/inbox"}]','seed','95a9e6341add83b49c9bb2c3dfcbd3f21d78058d9353e5a51d635607b074af4c',NULL,1795737308041);
INSERT INTO "notification_template_versions" VALUES('414d9331-c1fc-4761-b40c-d1f4702279eb',1,'Prebuilt workspaces of {{ labels.template }} / {{ labels.preset }} keep failing','The pool of the preset **{{ labels.preset }}** of the template **{{ labels.template }}**, version **{{ labels.template_version }}**, is not filled any more: {% if data.limit == 1 %}its newest build has failed{% else %}its newest {{ data.limit }} builds have all failed{% endif %}.

{% for failure in data.failures %}- [{{ failure.workspace }}]({{ base_url | raw }}/@prebuilds/{{ failure.workspace }}/builds/{{ failure.build_number }}): {{ failure.error }}
{% endfor %}
{% if data.eligible == 0 %}None is ready to be claimed: whoever needs a workspace waits for a build.{% elsif data.eligible == 1 %}One that is ready can still be claimed; after it, whoever needs a workspace waits for a build.{% else %}{{ data.eligible }} that are ready can still be claimed; after them, whoever needs a workspace waits for a build.{% endif %}

There are two ways on:

1. The template is wrong: push a new version of it.
2. Something else was wrong, and works again:

```sh
{{ data.resume | raw }}
```','[{"label":"View failed prebuilt workspaces","url":"{{ base_url | raw }}/workspaces?filter=owner:prebuilds+status:failed+template:{{ labels.template }}"},{"label":"View the pools","url":"{{ base_url | raw }}/prebuilds"},{"label":"View template version","url":"{{ base_url | raw }}/templates/{{ labels.org }}/{{ labels.template }}/versions/{{ labels.template_version }}"}]','seed','7e7e1a0e2b2feca7e1c09c18fd100333ad7de7b4ee1f144df535cba64dcae47d',NULL,1795737308041);
INSERT INTO "notification_template_versions" VALUES('7c1f0a52-9d5e-4d0b-8f3c-2b6a4e1d9c07',1,'Prebuilt workspaces of the preset {{ labels.preset }} can''t be built','Nothing can be built ahead for the preset **{{ labels.preset }}** of the template **{{ labels.template }}**: its version **{{ labels.template_version }}** requires {% for name in data.missing %}{% unless forloop.first %}, {% endunless %}**{{ name }}**{% endfor %}, and the preset has no value for it. Trying again would not change that, so it is left alone.

Push a version in which the preset has a value, or the parameter a default.','[{"label":"View template version","url":"{{ base_url | raw }}/templates/{{ labels.org }}/{{ labels.template }}/versions/{{ labels.template_version }}"}]','seed','5cad7908b20b762e2be535194b3eff81178ac5a7193fbbf5bf0fbb346d38af6f',NULL,1795737308041);
INSERT INTO "notification_template_versions" VALUES('89d9745a-816e-4695-a17f-3d0a229e2b8d',1,'Claiming a prebuilt workspace of {{ labels.template }} made resources anew','**{{ labels.claimant }}** claimed the prebuilt workspace **{{ labels.workspace }}**, and what was ready was destroyed and made anew:

{% for one in data.replacements %}- {{ one[0] }} because of {{ one[1] }}
{% endfor %}{% if data.more > 0 %}- and {{ data.more }} more
{% endif %}
It came from the preset **{{ labels.preset }}** of the template **{{ labels.template }}**, version **{{ labels.template_version }}**. Every claim that does this waits for what it was to find ready, and loses what was in it.

{% if data.cure != "" %}To keep what was prebuilt, add this to the template and push a new version:

```hcl
{{ data.cure | raw }}
```

{% endif %}{% for note in data.notes %}- {{ note }}
{% endfor %}
[What differs on every claim, and how to find it before anybody claims]({{ base_url | raw }}/docs/administration/templates/drift)','[{"label":"View build","url":"{{ base_url | raw }}/@{{ labels.claimant }}/{{ labels.workspace }}/builds/{{ labels.workspace_build_num }}"},{"label":"View template version","url":"{{ base_url | raw }}/templates/{{ labels.org }}/{{ labels.template }}/versions/{{ labels.template_version }}"}]','seed','f3b1a61086c452a2ca4f90d6679565e3d53da17c0735788f2851267a7d0cfaa6',NULL,1795737308041);
INSERT INTO "notification_template_versions" VALUES('8c5a4d12-9f7e-4b3a-a1c8-6e4f2d9b5a7c',1,'Done: {{ labels.task | truncate: 80, "…" }}','The agent in the workspace **{{ labels.workspace }}** says that it has finished{% if data.message != "" %}: {{ data.message }}{% else %}.{% endif %}','[{"label":"View task","url":"{{ base_url | raw }}/tasks/{{ user.username }}/{{ labels.workspace }}"},{"label":"View workspace","url":"{{ base_url | raw }}/@{{ user.username }}/{{ labels.workspace }}"}]','seed','db91263a64881e216dc70baca04c35ca5f5ca51492fe37c636049e8c368b64b6',NULL,1795737308041);
INSERT INTO "notification_template_versions" VALUES('3b7e8f1a-4c2d-49a6-b5e9-7f3a1c8d6b4e',1,'Failed: {{ labels.task | truncate: 80, "…" }}','The agent in the workspace **{{ labels.workspace }}** could not do it{% if data.message != "" %}: {{ data.message }}{% else %}.{% endif %}','[{"label":"View task","url":"{{ base_url | raw }}/tasks/{{ user.username }}/{{ labels.workspace }}"},{"label":"View workspace","url":"{{ base_url | raw }}/@{{ user.username }}/{{ labels.workspace }}"}]','seed','96391bceefde7a6fdd340bf81a1ff055fc2c13c36cb0d193ee138490a95958b4',NULL,1795737308041);
INSERT INTO "notification_template_versions" VALUES('d4a6271c-cced-4ed0-84ad-afd02a9c7799',1,'Waiting for you: {{ labels.task | truncate: 80, "…" }}','The agent in the workspace **{{ labels.workspace }}** has stopped and waits for an answer{% if data.message != "" %}: {{ data.message }}{% else %}.{% endif %}','[{"label":"View task","url":"{{ base_url | raw }}/tasks/{{ user.username }}/{{ labels.workspace }}"},{"label":"View workspace","url":"{{ base_url | raw }}/@{{ user.username }}/{{ labels.workspace }}"}]','seed','578e12c106d9c1e5a557b5f1e77c5c4f0b8e0dbafcf10f6a146be92277806bf5',NULL,1795737308041);
INSERT INTO "notification_template_versions" VALUES('bd4b7168-d05e-4e19-ad0f-3593b77aa90f',1,'At work: {{ labels.task | truncate: 80, "…" }}','The agent in the workspace **{{ labels.workspace }}** is working on it{% if data.message != "" %}: {{ data.message }}{% else %}.{% endif %}','[{"label":"View task","url":"{{ base_url | raw }}/tasks/{{ user.username }}/{{ labels.workspace }}"},{"label":"View workspace","url":"{{ base_url | raw }}/@{{ user.username }}/{{ labels.workspace }}"}]','seed','ef874cbeded7f19ad459552834eb898a91d06ea8914b3a5515ae67cf4e2d4789',NULL,1795737308041);
INSERT INTO "notification_template_versions" VALUES('29a09665-2a4c-403f-9648-54301670e7be',1,'Template {{ labels.name }} was deleted','**{{ labels.initiator }}** deleted the template **{{ labels.name }}**. Nobody had a workspace of it any more, and its name is free again.','[{"label":"View templates","url":"{{ base_url | raw }}/templates"}]','seed','dc63bb1d5f21240397b3f89a18c34afa9d00c2f7042df3acc902b5a9cdde7e90',NULL,1795737308041);
INSERT INTO "notification_template_versions" VALUES('f40fae84-55a2-42cd-99fa-b41c1ca64894',1,'Template {{ labels.template }} is deprecated','You have a workspace of the template **{{ labels.template }}**, which is not to be used any more. Its admins say:

> {{ labels.message }}

Your workspace goes on working; new ones of this template can''t be made.','[{"label":"See affected workspaces","url":"{{ base_url | raw }}/workspaces?filter=owner%3Ame+template%3A{{ labels.template }}"},{"label":"View template","url":"{{ base_url | raw }}/templates/{{ labels.organization }}/{{ labels.template }}"}]','seed','311a5e9ad4227dbdf9a99147597627f9d600f7ad3b4b7d0dbf9b560a0e03a8f2',NULL,1795737308041);
INSERT INTO "notification_template_versions" VALUES('c425f63e-716a-4bf4-ae24-78348f706c3f',1,'Test: notifications reach you','Somebody pressed the test button, and this message found its way to you. Nothing is wrong and there is nothing to do.','[{"label":"View notification settings","url":"{{ base_url | raw }}/deployment/notifications?tab=settings"}]','seed','27c815b74ebcce8e9b8557049c39c8b3b229573c1659f046794999dd36bbac52',NULL,1795737308041);
INSERT INTO "notification_template_versions" VALUES('9f5af851-8408-4e73-a7a1-c6502ba46689',1,'Account {{ labels.activated_account_user_name }} works again','**{{ labels.initiator }}** activated the account of **{% if labels.activated_account_name == "" %}{{ labels.activated_account_user_name }}{% else %}{{ labels.activated_account_name }} ({{ labels.activated_account_user_name }}){% endif %}**, which had been suspended.','[{"label":"View users","url":"{{ base_url | raw }}/deployment/users?filter=status%3Aactive"}]','seed','77f26a283affe61ce15068cc6959718fdd203712c305a85565cf4e47ac8c0979',NULL,1795737308041);
INSERT INTO "notification_template_versions" VALUES('4e19c0ac-94e1-4532-9515-d1801aa283b2',1,'New account: {{ labels.created_account_user_name }}','**{{ labels.initiator }}** made an account for **{% if labels.created_account_name == "" %}{{ labels.created_account_user_name }}{% else %}{{ labels.created_account_name }} ({{ labels.created_account_user_name }}){% endif %}**.','[{"label":"View users","url":"{{ base_url | raw }}/deployment/users?filter=status%3Aactive"}]','seed','0aea0757b31a05a7149b044fc5b1252b1a9158a75940370cfddcad15ea836aac',NULL,1795737308041);
INSERT INTO "notification_template_versions" VALUES('f44d9314-ad03-4bc8-95d0-5cad491da6b6',1,'Account {{ labels.deleted_account_user_name }} was removed','**{{ labels.initiator }}** removed the account of **{% if labels.deleted_account_name == "" %}{{ labels.deleted_account_user_name }}{% else %}{{ labels.deleted_account_name }} ({{ labels.deleted_account_user_name }}){% endif %}**. All of its sessions and tokens have ended.','[{"label":"View users","url":"{{ base_url | raw }}/deployment/users?filter=status%3Aactive"}]','seed','be68b31d93c7ba8d860a5b891feed4b3d6730bce1a107aefeced4e862da596c8',NULL,1795737308041);
INSERT INTO "notification_template_versions" VALUES('b02ddd82-4733-4d02-a2d7-c36f3598997d',1,'Account {{ labels.suspended_account_user_name }} was suspended','**{{ labels.initiator }}** suspended the account of **{% if labels.suspended_account_name == "" %}{{ labels.suspended_account_user_name }}{% else %}{{ labels.suspended_account_name }} ({{ labels.suspended_account_user_name }}){% endif %}**. Its sessions and tokens have ended, and it gets no more messages until somebody activates it.','[{"label":"View suspended users","url":"{{ base_url | raw }}/deployment/users?filter=status%3Asuspended"}]','seed','83524bf93a9a3cbc239d8f1762baaa6fc7c454879cb1e133a1118ee1f782c840',NULL,1795737308041);
INSERT INTO "notification_template_versions" VALUES('c34a0c09-0704-4cac-bd1c-0c0146811c2b',1,'Your workspace {{ labels.name }} was updated automatically','Your workspace **{{ labels.name }}** started by itself with the template version **{{ labels.template_version_name }}**, because you have automatic updates switched on.{% if labels.template_version_message != "" %}

> {{ labels.template_version_message }}{% endif %}','[{"label":"View workspace","url":"{{ base_url | raw }}/@{{ user.username }}/{{ labels.name }}"}]','seed','5b2be79eebed81a5f4337bf7767740e6d7acda5718b87e7ca92f4717fd9e6730',NULL,1795737308041);
INSERT INTO "notification_template_versions" VALUES('381df2a9-c0c0-4749-420f-80a9280c66f9',1,'Your workspace {{ labels.name }} could not be started by itself','The automatic build of **{{ labels.name }}** ({{ labels.reason }}) failed, so it is not running as you planned.{% if data.error %}

> {{ data.error }}{% endif %}

Open it to see the build''s log, and start it again when the cause is mended.','[{"label":"View workspace","url":"{{ base_url | raw }}/@{{ user.username }}/{{ labels.name }}"}]','seed','6386eca9c26044d985dfb4a7a95c8656a3fbc46e50dcda715a9abecf2fd26f2e',NULL,1795737308041);
INSERT INTO "notification_template_versions" VALUES('281fdf73-c6d6-4cbb-8ff5-888baf8a2fff',1,'{{ labels.workspace_owner_username }} has a new workspace {{ labels.workspace }}','{% if data.initiator.username == labels.workspace_owner_username %}**{{ labels.workspace_owner_username }}** made the workspace **{{ labels.workspace }}**{% else %}**{{ data.initiator.username }}** made the workspace **{{ labels.workspace }}** for **{{ labels.workspace_owner_username }}**{% endif %} from version **{{ labels.version }}** of the template **{{ labels.template }}**.','[{"label":"View workspace","url":"{{ base_url | raw }}/@{{ labels.workspace_owner_username }}/{{ labels.workspace }}"}]','seed','e313d3a7448ff279dabc38b3dc164ef8485f3cebd901a9435ac5cf4a2ad10922',NULL,1795737308041);
INSERT INTO "notification_template_versions" VALUES('f517da0b-cdc9-410f-ab89-a86107c420ed',1,'Your workspace {{ labels.name }} was deleted','**{{ labels.initiator }}** deleted your workspace **{{ labels.name }}**, and everything in it is gone. If you still need it, make a new one from its template.','[{"label":"View workspaces","url":"{{ base_url | raw }}/workspaces"},{"label":"View templates","url":"{{ base_url | raw }}/templates"}]','seed','e3da8130c40473639132a6eb96bfbc53fc5e57d64e13aa45f3527374543d7358',NULL,1795737308041);
INSERT INTO "notification_template_versions" VALUES('2faeee0f-26cb-4e96-821c-85ccb9f71513',1,'A build of {{ labels.workspace_owner_username }}''s workspace {{ labels.name }} failed','**{{ labels.initiator }}** asked for build {{ labels.workspace_build_number }} of **{{ labels.workspace_owner_username }}/{{ labels.name }}** ({{ data.build.transition }}), and it failed.{% if data.error %}

> {{ data.error }}{% endif %}

It ran version **{{ labels.template_version_name }}** of the template **{{ labels.template_name }}**. The build''s log shows how far it came.','[{"label":"View build","url":"{{ base_url | raw }}/@{{ labels.workspace_owner_username }}/{{ labels.name }}/builds/{{ labels.workspace_build_number }}"}]','seed','bf5cca68dd9e6c780c6faf4bf25cf2fe735184582e20aa35620a8e081209004f',NULL,1795737308041);
INSERT INTO "notification_template_versions" VALUES('d089fe7b-d5c5-4c0c-aaf5-689859f7d392',1,'{% if user.username == labels.workspace_owner_username %}Your workspace{% else %}{{ labels.workspace_owner_username }}''s workspace{% endif %} {{ labels.workspace }} is being updated to {{ labels.version }}','{% if data.initiator.id == user.id %}You have{% else %}**{{ labels.initiator }}** has{% endif %} asked for version **{{ labels.version }}** of the template **{{ labels.template }}**: build {{ data.build.number }} ({{ data.build.transition }}) is queued.{% if data.parameters.size > 0 %}

With these parameters:
{% for parameter in data.parameters %}
- {{ parameter.name }}: {{ parameter.value }}{% endfor %}{% if data.parameters_left_out > 0 %}
- and {{ data.parameters_left_out }} more{% endif %}{% endif %}','[{"label":"View workspace","url":"{{ base_url | raw }}/@{{ labels.workspace_owner_username }}/{{ labels.workspace }}"},{"label":"View template version","url":"{{ base_url | raw }}/templates/{{ labels.organization }}/{{ labels.template }}/versions/{{ labels.version }}"}]','seed','81aab6b4115afcd67d2ef2f70d4c595b40277d63fbdae0c762881e24a5529eea',NULL,1795737308041);
INSERT INTO "notification_template_versions" VALUES('1a6a6bea-ee0a-43e2-9e7c-eabdb53730e4',1,'Your account has been activated','**{{ labels.initiator }}** activated your account: you can sign in again, with the password that you had. Tokens from before the suspension have ended; make new ones where you need them.','[{"label":"Open Belfry","url":"{{ base_url | raw }}"}]','seed','2498e4e1d5448a76750e30f4c8b6bb64dac39c8fad4dc578e5e55169e9a712c9',NULL,1795737308041);
INSERT INTO "notification_template_versions" VALUES('6a2f0609-9b69-4d36-a989-9f5925b6cbff',1,'Your account has been suspended','**{{ labels.initiator }}** suspended your account. You can''t sign in any more, and your tokens have ended. If you think that this is a mistake, ask them.','[]','seed','492bf83415fe1c6da0bba05e0d35546a646fedb8b1195580519385bc04d834f6',NULL,1795737308041);
CREATE TABLE "notification_templates" (
  "id" text PRIMARY KEY NOT NULL,
  "key" text NOT NULL,
  "name" text NOT NULL,
  "group_name" text NOT NULL,
  "kind" text NOT NULL,
  "enabled_by_default" integer NOT NULL,
  "method" text,
  "active_version" integer NOT NULL,
  "sample" text NOT NULL,
  CONSTRAINT "notification_templates_kind" CHECK(kind IN ('system', 'custom')),
  CONSTRAINT "notification_templates_method" CHECK(method IN ('inbox', 'webhook', 'smtp'))
);
INSERT INTO "notification_templates" VALUES('39b1e189-c857-4b0c-877a-511144c18516','TemplateCustomNotification','Custom Notification','Custom Events','custom',1,NULL,1,'{"labels":{"custom_title":"Build done","custom_message":"All 312 tests passed"},"data":{"dedupe_bypass_ts":"2026-11-21T10:00:00Z"}}');
INSERT INTO "notification_templates" VALUES('62f86a30-2330-4b61-a26d-311ff3b608cf','TemplateUserRequestedOneTimePasscode','One-Time Passcode','User Events','system',1,NULL,1,'{"labels":{"one_time_passcode":"7KQM-40618253"},"data":null}');
INSERT INTO "notification_templates" VALUES('5f1d2c8e-7a46-4e0b-9c3d-1b6e8f20a9d4','PasswordChanged','Your password was changed','User Events','system',1,NULL,1,'{"labels":{"how":"with a passcode that was mailed to you","address":"203.0.113.7"},"data":{"at":"2026-11-21T10:00:00Z"}}');
INSERT INTO "notification_templates" VALUES('414d9331-c1fc-4761-b40c-d1f4702279eb','PrebuildFailureLimitReached','Prebuild Failure Limit Reached','Template Events','system',1,NULL,1,'{"labels":{"org":"default","template":"docker","template_version":"v2","preset":"large"},"data":{"limit":3,"eligible":2,"resume":"belfry prebuilds resume docker large","failures":[{"workspace":"prebuild-k3v9qa","build_number":1,"build_id":"01940000-0000-7000-8000-000000000003","error":"Error: no space left on device"},{"workspace":"prebuild-x81mzt","build_number":1,"build_id":"01940000-0000-7000-8000-000000000002","error":"Error: no space left on device"}]}}');
INSERT INTO "notification_templates" VALUES('7c1f0a52-9d5e-4d0b-8f3c-2b6a4e1d9c07','PrebuildValidationFailed','Prebuild Validation Failed','Template Events','system',1,NULL,1,'{"labels":{"org":"default","template":"docker","template_version":"v2","preset":"large"},"data":{"missing":["region","size"],"eligible":0}}');
INSERT INTO "notification_templates" VALUES('89d9745a-816e-4695-a17f-3d0a229e2b8d','TemplateWorkspaceResourceReplaced','Prebuilt Workspace Resource Replaced','Template Events','system',1,NULL,1,'{"labels":{"org":"default","workspace":"web","template":"docker","template_version":"v2","preset":"large","workspace_build_num":"2","claimant":"ada"},"data":{"replacements":{"docker_container.dev[0]":"env, image","docker_volume.home":"name"},"more":3,"cure":"resource \"docker_container\" \"dev\" {\n  # what it has already\n  lifecycle {\n    ignore_changes = [env, image]\n  }\n}","notes":["docker_image.dev: it is tainted, an earlier build has left it unfinished; ignore_changes can''t help."]}}');
INSERT INTO "notification_templates" VALUES('8c5a4d12-9f7e-4b3a-a1c8-6e4f2d9b5a7c','TemplateTaskCompleted','Task Completed','Task Events','system',1,NULL,1,'{"labels":{"task":"Fix the login redirect","workspace":"fix-login"},"data":{"dedupe_bypass_ts":"2026-11-21T10:00:00Z","message":"The redirect keeps the query now","uri":"https://git.example.com/web/pulls/17"}}');
INSERT INTO "notification_templates" VALUES('3b7e8f1a-4c2d-49a6-b5e9-7f3a1c8d6b4e','TemplateTaskFailed','Task Failed','Task Events','system',1,NULL,1,'{"labels":{"task":"Fix the login redirect","workspace":"fix-login"},"data":{"dedupe_bypass_ts":"2026-11-21T10:00:00Z","message":"The tests need a database that is not there","uri":""}}');
INSERT INTO "notification_templates" VALUES('d4a6271c-cced-4ed0-84ad-afd02a9c7799','TemplateTaskIdle','Task Idle','Task Events','system',1,NULL,1,'{"labels":{"task":"Fix the login redirect","workspace":"fix-login"},"data":{"dedupe_bypass_ts":"2026-11-21T10:00:00Z","message":"Which of the two redirects shall stay?","uri":""}}');
INSERT INTO "notification_templates" VALUES('bd4b7168-d05e-4e19-ad0f-3593b77aa90f','TemplateTaskWorking','Task Working','Task Events','system',1,NULL,1,'{"labels":{"task":"Fix the login redirect","workspace":"fix-login"},"data":{"dedupe_bypass_ts":"2026-11-21T10:00:00Z","message":"Reading the session code","uri":""}}');
INSERT INTO "notification_templates" VALUES('29a09665-2a4c-403f-9648-54301670e7be','TemplateTemplateDeleted','Template Deleted','Template Events','system',1,NULL,1,'{"labels":{"name":"docker","initiator":"Grace Hopper"},"data":null}');
INSERT INTO "notification_templates" VALUES('f40fae84-55a2-42cd-99fa-b41c1ca64894','TemplateTemplateDeprecated','Template Deprecated','Template Events','system',1,NULL,1,'{"labels":{"template":"docker","message":"Use “podman” instead.","organization":"default"},"data":null}');
INSERT INTO "notification_templates" VALUES('c425f63e-716a-4bf4-ae24-78348f706c3f','TemplateTestNotification','Test Notification','Notification Events','system',1,NULL,1,'{"labels":{},"data":{"timestamp":"2026-11-21T10:00:00Z"}}');
INSERT INTO "notification_templates" VALUES('9f5af851-8408-4e73-a7a1-c6502ba46689','TemplateUserAccountActivated','User account activated','User Events','system',1,NULL,1,'{"labels":{"activated_account_name":"Grace Hopper","activated_account_user_name":"grace","initiator":"Ada Lovelace"},"data":null}');
INSERT INTO "notification_templates" VALUES('4e19c0ac-94e1-4532-9515-d1801aa283b2','TemplateUserAccountCreated','User account created','User Events','system',1,NULL,1,'{"labels":{"created_account_name":"Grace Hopper","created_account_user_name":"grace","initiator":"Ada Lovelace"},"data":null}');
INSERT INTO "notification_templates" VALUES('f44d9314-ad03-4bc8-95d0-5cad491da6b6','TemplateUserAccountDeleted','User account deleted','User Events','system',1,NULL,1,'{"labels":{"deleted_account_name":"Grace Hopper","deleted_account_user_name":"grace","initiator":"Ada Lovelace"},"data":null}');
INSERT INTO "notification_templates" VALUES('b02ddd82-4733-4d02-a2d7-c36f3598997d','TemplateUserAccountSuspended','User account suspended','User Events','system',1,NULL,1,'{"labels":{"suspended_account_name":"Grace Hopper","suspended_account_user_name":"grace","initiator":"Ada Lovelace"},"data":null}');
INSERT INTO "notification_templates" VALUES('c34a0c09-0704-4cac-bd1c-0c0146811c2b','TemplateWorkspaceAutoUpdated','Workspace Updated Automatically','Workspace Events','system',1,NULL,1,'{"labels":{"name":"web","template_version_name":"quiet-otter-3","template_version_message":"Newer base image, and the editor starts faster."},"data":null}');
INSERT INTO "notification_templates" VALUES('381df2a9-c0c0-4749-420f-80a9280c66f9','TemplateWorkspaceAutobuildFailed','Workspace Autobuild Failed','Workspace Events','system',1,NULL,1,'{"labels":{"name":"web","reason":"autostart"},"data":{"build":{"id":"01940000-0000-7000-8000-000000000001","number":7,"transition":"start"},"error":"Error: no space left on device"}}');
INSERT INTO "notification_templates" VALUES('281fdf73-c6d6-4cbb-8ff5-888baf8a2fff','TemplateWorkspaceCreated','Workspace Created','Workspace Events','system',0,NULL,1,'{"labels":{"workspace":"web","template":"docker","version":"v2","workspace_owner_username":"ada"},"data":{"workspace":{"id":"01940000-0000-7000-8000-000000000001","name":"web"},"template":{"id":"01940000-0000-7000-8000-000000000002","name":"docker"},"template_version":{"id":"01940000-0000-7000-8000-000000000003","name":"v2"},"owner":{"id":"01940000-0000-7000-8000-000000000004","name":"Ada Lovelace","email":"ada@example.com"},"initiator":{"id":"01940000-0000-7000-8000-000000000005","username":"grace"},"parameters":[{"name":"size","value":"big"}],"parameters_left_out":0}}');
INSERT INTO "notification_templates" VALUES('f517da0b-cdc9-410f-ab89-a86107c420ed','TemplateWorkspaceDeleted','Workspace Deleted','Workspace Events','system',1,NULL,1,'{"labels":{"name":"web","reason":"initiated","initiator":"grace"},"data":{"build":{"id":"01940000-0000-7000-8000-000000000001","number":7,"transition":"delete"}}}');
INSERT INTO "notification_templates" VALUES('2faeee0f-26cb-4e96-821c-85ccb9f71513','TemplateWorkspaceManualBuildFailed','Workspace Manual Build Failed','Workspace Events','system',1,NULL,1,'{"labels":{"name":"web","template_name":"docker","template_version_name":"v2","initiator":"grace","workspace_owner_username":"ada","workspace_build_number":"7"},"data":{"build":{"id":"01940000-0000-7000-8000-000000000001","number":7,"transition":"start"},"error":"Error: no space left on device"}}');
INSERT INTO "notification_templates" VALUES('d089fe7b-d5c5-4c0c-aaf5-689859f7d392','TemplateWorkspaceManuallyUpdated','Workspace Manually Updated','Workspace Events','system',1,NULL,1,'{"labels":{"organization":"default","initiator":"Grace Hopper","workspace":"web","template":"docker","version":"v2","workspace_owner_username":"ada"},"data":{"workspace":{"id":"01940000-0000-7000-8000-000000000001","name":"web"},"template":{"id":"01940000-0000-7000-8000-000000000002","name":"docker"},"template_version":{"id":"01940000-0000-7000-8000-000000000003","name":"v2"},"owner":{"id":"01940000-0000-7000-8000-000000000004","name":"Ada Lovelace","email":"ada@example.com"},"initiator":{"id":"01940000-0000-7000-8000-000000000005","username":"grace"},"build":{"id":"01940000-0000-7000-8000-000000000006","number":7,"transition":"start"},"parameters":[{"name":"size","value":"big"}],"parameters_left_out":0}}');
INSERT INTO "notification_templates" VALUES('1a6a6bea-ee0a-43e2-9e7c-eabdb53730e4','TemplateYourAccountActivated','Your account has been activated','User Events','system',1,NULL,1,'{"labels":{"activated_account_name":"Grace Hopper","initiator":"Ada Lovelace"},"data":null}');
INSERT INTO "notification_templates" VALUES('6a2f0609-9b69-4d36-a989-9f5925b6cbff','TemplateYourAccountSuspended','Your account has been suspended','User Events','system',1,NULL,1,'{"labels":{"suspended_account_name":"Grace Hopper","initiator":"Ada Lovelace"},"data":null}');
CREATE TABLE "organizations" (
  "id" text PRIMARY KEY NOT NULL,
  "name" text NOT NULL,
  "display_name" text NOT NULL,
  "created_at" integer NOT NULL,
  "updated_at" integer NOT NULL
);
INSERT INTO "organizations" VALUES('01a21a48-cb92-76ad-8e04-2d2357001cde','default','Default',1795737308041,1795737308041);
CREATE TABLE "passcode_tries" (
  "id" text PRIMARY KEY NOT NULL,
  "passcode_id" text NOT NULL,
  FOREIGN KEY ("passcode_id") REFERENCES "passcodes"("id") ON DELETE cascade
);
CREATE TABLE "passcodes" (
  "id" text PRIMARY KEY NOT NULL,
  "user_id" text NOT NULL,
  "selector" text NOT NULL,
  "counter" integer NOT NULL,
  "created_at" integer NOT NULL,
  "expires_at" integer NOT NULL,
  FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE cascade
);
CREATE TABLE "pool_totals" (
  "template_id" text NOT NULL,
  "preset_name" text NOT NULL,
  "created" integer NOT NULL,
  "failed" integer NOT NULL,
  "claimed" integer NOT NULL,
  PRIMARY KEY("template_id", "preset_name"),
  FOREIGN KEY ("template_id") REFERENCES "templates"("id")
);
INSERT INTO "pool_totals" VALUES('01a21a48-daa2-74dc-8889-3a30a88d3b5f','large',1,0,0);
CREATE TABLE "preset_parameters" (
  "preset_id" text NOT NULL,
  "name" text NOT NULL,
  "value" text NOT NULL,
  PRIMARY KEY("preset_id", "name"),
  FOREIGN KEY ("preset_id") REFERENCES "presets"("id") ON DELETE cascade
);
INSERT INTO "preset_parameters" VALUES('01a21a48-da6e-71f2-8a67-0efd2142be83','size','large');
CREATE TABLE "preset_schedules" (
  "preset_id" text NOT NULL,
  "position" integer NOT NULL,
  "cron" text NOT NULL,
  "instances" integer NOT NULL,
  PRIMARY KEY("preset_id", "position"),
  FOREIGN KEY ("preset_id") REFERENCES "presets"("id") ON DELETE cascade
);
CREATE TABLE "presets" (
  "seq" integer PRIMARY KEY AUTOINCREMENT NOT NULL,
  "id" text NOT NULL,
  "version_id" text NOT NULL,
  "name" text NOT NULL,
  "is_default" integer NOT NULL,
  "desired_instances" integer,
  "ttl_seconds" integer,
  "scheduling_timezone" text,
  "prebuild_status" text DEFAULT 'normal' NOT NULL,
  "limit_event_id" text,
  "failures_forgiven_at" integer,
  "created_at" integer NOT NULL, "limited_at" integer,
  FOREIGN KEY ("version_id") REFERENCES "template_versions"("id") ON DELETE cascade,
  CONSTRAINT "presets_prebuild_status" CHECK(prebuild_status IN ('normal', 'hard_limited', 'validation_failed'))
);
INSERT INTO "presets" VALUES(1,'01a21a48-da6e-71f2-8a67-0efd2142be83','01a21a48-da6e-71f1-b993-77fc2462f291','large',0,1,NULL,NULL,'normal',NULL,NULL,1795737311854,NULL);
CREATE TABLE "provisioner_keys" (
  "id" text PRIMARY KEY NOT NULL,
  "organization_id" text NOT NULL,
  "name" text NOT NULL,
  "secret_hash" text NOT NULL,
  "created_by" text NOT NULL,
  "created_at" integer NOT NULL,
  FOREIGN KEY ("organization_id") REFERENCES "organizations"("id"),
  FOREIGN KEY ("created_by") REFERENCES "users"("id")
);
INSERT INTO "provisioner_keys" VALUES('RlbrrL1U2V','01a21a48-cb92-76ad-8e04-2d2357001cde','rack','dd065666b9687084e29df8110ddd0d956a099a50f5da872c07ad677f7eaaf446','01a21a48-cd7d-722a-88c5-3add71d723d2',1795737311804);
CREATE TABLE "rate_limits" (
  "key" text PRIMARY KEY NOT NULL,
  "window" integer NOT NULL,
  "current" integer NOT NULL,
  "previous" integer NOT NULL,
  "admitted_by" text NOT NULL,
  "admitted_at" integer NOT NULL,
  "expires_at" integer NOT NULL
);
INSERT INTO "rate_limits" VALUES('IivsCg91RjQSw6DZ6y4VVxVSRREwLHpnmCwnJyG67iw',29928955,2,0,'01a21a48-d0c8-7333-b80c-6629c8379aa8',1795737309390,1795737420000);
CREATE TABLE "resource_replacements" (
  "build_id" text NOT NULL,
  "position" integer NOT NULL,
  "address" text NOT NULL,
  "path" text,
  "reason" text,
  PRIMARY KEY ("build_id", "position"),
  FOREIGN KEY ("build_id") REFERENCES "workspace_builds"("id") ON DELETE cascade
);
CREATE TABLE "settings" (
  "key" text PRIMARY KEY NOT NULL,
  "value" text NOT NULL,
  "updated_at" integer NOT NULL
);
INSERT INTO "settings" VALUES('deployment_id','01a21a48-cb92-76ac-b324-d2640a24eb19',1795737308041);
INSERT INTO "settings" VALUES('last_tick','1795737309031',1795737309031);
INSERT INTO "settings" VALUES('key_check','O5CUWOegJLUPb2rdrylyrqDrw_9fCmhiywmhlcn_pKY',1795737308411);
INSERT INTO "settings" VALUES('delivery_health_webhook','{"succeededAt":null,"failedAt":1795737312554,"answer":"answered 500","failingSince":1795737311045}',1795737312554);
CREATE TABLE "template_parameters" (
  "version_id" text NOT NULL,
  "position" integer NOT NULL,
  "name" text NOT NULL,
  "required" integer NOT NULL,
  "default_value" text,
  "description" text NOT NULL,
  "sensitive" integer NOT NULL,
  PRIMARY KEY("version_id", "name"),
  FOREIGN KEY ("version_id") REFERENCES "template_versions"("id") ON DELETE cascade
);
INSERT INTO "template_parameters" VALUES('01a21a48-da6e-71f1-b993-77fc2462f291',0,'size',0,'small','',0);
CREATE TABLE "template_versions" (
  "seq" integer PRIMARY KEY AUTOINCREMENT NOT NULL,
  "id" text NOT NULL,
  "organization_id" text NOT NULL,
  "template_id" text,
  "name" text NOT NULL,
  "message" text NOT NULL,
  "file_id" text,
  "has_ai_task" integer NOT NULL,
  "created_by" text NOT NULL,
  "created_at" integer NOT NULL,
  "updated_at" integer NOT NULL,
  FOREIGN KEY ("organization_id") REFERENCES "organizations"("id"),
  FOREIGN KEY ("template_id") REFERENCES "templates"("id"),
  FOREIGN KEY ("file_id") REFERENCES "files"("id")
);
INSERT INTO "template_versions" VALUES(1,'01a21a48-da6e-71f1-b993-77fc2462f291','01a21a48-cb92-76ad-8e04-2d2357001cde','01a21a48-daa2-74dc-8889-3a30a88d3b5f','v1','',NULL,0,'01a21a48-cd7d-722a-88c5-3add71d723d2',1795737311854,1795737311906);
CREATE TABLE "templates" (
  "seq" integer PRIMARY KEY AUTOINCREMENT NOT NULL,
  "id" text NOT NULL,
  "organization_id" text NOT NULL,
  "name" text NOT NULL,
  "display_name" text NOT NULL,
  "description" text NOT NULL,
  "deprecation_message" text NOT NULL,
  "active_version_id" text NOT NULL,
  "created_by" text NOT NULL,
  "created_at" integer NOT NULL,
  "updated_at" integer NOT NULL,
  "deleted_at" integer,
  FOREIGN KEY ("organization_id") REFERENCES "organizations"("id")
);
INSERT INTO "templates" VALUES(1,'01a21a48-daa2-74dc-8889-3a30a88d3b5f','01a21a48-cb92-76ad-8e04-2d2357001cde','docker','Docker','','','01a21a48-da6e-71f1-b993-77fc2462f291','01a21a48-cd7d-722a-88c5-3add71d723d2',1795737311906,1795737311906,NULL);
CREATE TABLE "user_roles" (
  "user_id" text NOT NULL,
  "role" text NOT NULL,
  PRIMARY KEY("user_id", "role"),
  FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE cascade,
  CONSTRAINT "user_roles_role_known" CHECK(role IN ('owner', 'user-admin', 'template-admin', 'auditor'))
);
INSERT INTO "user_roles" VALUES('01a21a48-cd7d-722a-88c5-3add71d723d2','owner');
INSERT INTO "user_roles" VALUES('01a21a48-d73b-7754-bb5f-3551ef90369b','template-admin');
CREATE TABLE "users" (
  "seq" integer PRIMARY KEY AUTOINCREMENT NOT NULL,
  "id" text NOT NULL,
  "username" text NOT NULL,
  "email" text NOT NULL,
  "name" text NOT NULL,
  "status" text NOT NULL,
  "password_hash" text,
  "is_system" integer NOT NULL,
  "created_at" integer NOT NULL,
  "updated_at" integer NOT NULL,
  "last_seen_at" integer,
  "deleted_at" integer, "passcode_counter" integer DEFAULT 0 NOT NULL,
  CONSTRAINT "users_status" CHECK(status IN ('active', 'suspended'))
);
INSERT INTO "users" VALUES(1,'c42fdf75-3097-471c-8c33-fb52454d81c0','prebuilds','','','active',NULL,1,1795737308041,1795737308041,NULL,NULL,0);
INSERT INTO "users" VALUES(2,'01a21a48-cd7d-722a-88c5-3add71d723d2','ada','ada@example.com','Ada Lovelace','active','scrypt$16384$8$5$BgyIdHyv4PH/h1nrzg248w==$92hCGf6E7+7shYH2Rkgc/dPH1UPmnomIlUFvYA0O2o4=',0,1795737308541,1795737308541,1795737310038,NULL,0);
INSERT INTO "users" VALUES(3,'01a21a48-d38c-7699-9279-4964291c6b97','asa','Åsa@Bücher.example','','active','scrypt$16384$8$5$mWITYv6rWzImaj7Y8Mxonw==$b6gijXBnyYI06Y5zTRzwACNcGZsC0WG3yXs0x+Mpzjo=',0,1795737310092,1795737310092,NULL,NULL,0);
INSERT INTO "users" VALUES(4,'01a21a48-d73b-7754-bb5f-3551ef90369b','grace','grace@example.com','','active','scrypt$16384$8$5$0Lc1u7eoz6fDY9AlNOISFw==$3/MNy3IiyBZ1gA8uAfl2of6y70O3fITA7cdpd7+Rc6Y=',0,1795737311035,1795737311706,NULL,NULL,0);
CREATE TABLE "workspace_agents" (
  "id" text PRIMARY KEY NOT NULL,
  "resource_id" text NOT NULL,
  "build_id" text NOT NULL,
  "name" text NOT NULL,
  "lifecycle_state" text NOT NULL,
  "lifecycle_changed_at" integer,
  "created_at" integer NOT NULL,
  FOREIGN KEY ("resource_id") REFERENCES "workspace_resources"("id") ON DELETE cascade,
  FOREIGN KEY ("build_id") REFERENCES "workspace_builds"("id") ON DELETE cascade,
  CONSTRAINT "workspace_agents_lifecycle" CHECK(lifecycle_state IN ('created', 'starting', 'start_timeout', 'start_error', 'ready', 'shutting_down', 'shutdown_timeout', 'shutdown_error', 'off'))
);
INSERT INTO "workspace_agents" VALUES('01a21a48-dbac-76d0-aae2-502749f3e037','01a21a48-dbac-76cf-9caf-c0cad6887dfd','01a21a48-db18-7536-9ee1-00a1cd1d4d3f','main','created',NULL,1795737312172);
INSERT INTO "workspace_agents" VALUES('01a21a48-dc13-7505-ae5d-71f9ff2c26af','01a21a48-dc13-7504-9efd-8645516782c6','01a21a48-dae3-7070-8ffa-37b31a26bb92','main','created',NULL,1795737312275);
CREATE TABLE "workspace_app_statuses" (
  "seq" integer PRIMARY KEY AUTOINCREMENT NOT NULL,
  "id" text NOT NULL,
  "app_id" text NOT NULL,
  "workspace_id" text NOT NULL,
  "state" text NOT NULL,
  "message" text NOT NULL,
  "uri" text,
  "created_at" integer NOT NULL, "state_since" integer DEFAULT 0 NOT NULL, "superseded" integer DEFAULT 0 NOT NULL,
  FOREIGN KEY ("app_id") REFERENCES "workspace_apps"("id") ON DELETE cascade,
  FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE cascade,
  CONSTRAINT "workspace_app_statuses_state" CHECK(state IN ('working', 'idle', 'complete', 'failure'))
);
CREATE TABLE "workspace_apps" (
  "id" text PRIMARY KEY NOT NULL,
  "agent_id" text NOT NULL,
  "slug" text NOT NULL,
  "display_name" text NOT NULL,
  "url" text,
  FOREIGN KEY ("agent_id") REFERENCES "workspace_agents"("id") ON DELETE cascade
);
INSERT INTO "workspace_apps" VALUES('01a21a48-dbac-76d1-9a9e-5c7b599d527a','01a21a48-dbac-76d0-aae2-502749f3e037','web','web','http://w');
INSERT INTO "workspace_apps" VALUES('01a21a48-dc13-7506-b7a7-17db783f9b28','01a21a48-dc13-7505-ae5d-71f9ff2c26af','web','web','http://w');
CREATE TABLE "workspace_builds" (
  "seq" integer PRIMARY KEY AUTOINCREMENT NOT NULL,
  "id" text NOT NULL,
  "workspace_id" text NOT NULL,
  "number" integer NOT NULL,
  "version_id" text NOT NULL,
  "preset_id" text,
  "transition" text NOT NULL,
  "reason" text NOT NULL,
  "stage" text NOT NULL,
  "initiator_id" text NOT NULL,
  "status" text NOT NULL,
  "error" text,
  "error_code" text,
  "agent_generation" text NOT NULL,
  "has_ai_task" integer NOT NULL,
  "ai_task_prompt" text,
  "ai_task_sidebar_app_id" text,
  "created_at" integer NOT NULL,
  "updated_at" integer NOT NULL,
  "started_at" integer,
  "canceled_at" integer,
  "completed_at" integer,
  "acquire_id" text,
  "provisioner_name" text,
  "provisioner_key_id" text,
  "lease_expires_at" integer,
  "requeues" integer DEFAULT 0 NOT NULL,
  "plan_received_at" integer,
  "priority" integer NOT NULL, "pool_preset_id" text,
  FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE cascade,
  FOREIGN KEY ("version_id") REFERENCES "template_versions"("id"),
  FOREIGN KEY ("preset_id") REFERENCES "presets"("id"),
  CONSTRAINT "workspace_builds_transition" CHECK(transition IN ('start', 'stop', 'delete')),
  CONSTRAINT "workspace_builds_stage" CHECK(stage IN ('none', 'create', 'claim')),
  CONSTRAINT "workspace_builds_status" CHECK(status IN ('pending', 'running', 'succeeded', 'failed', 'canceling', 'canceled')),
  CONSTRAINT "workspace_builds_reason" CHECK(reason IN ('initiator', 'autostart', 'prebuild', 'prebuild_claim'))
);
INSERT INTO "workspace_builds" VALUES(1,'01a21a48-dae3-7070-8ffa-37b31a26bb92','01a21a48-dae3-706f-a797-e056701dafef',1,'01a21a48-da6e-71f1-b993-77fc2462f291','01a21a48-da6e-71f2-8a67-0efd2142be83','start','prebuild','create','c42fdf75-3097-471c-8c33-fb52454d81c0','succeeded',NULL,NULL,'01a21a48-dae3-7071-b92a-b86fdf7abfe9',0,NULL,NULL,1795737311971,1795737312275,1795737312208,NULL,1795737312275,'273dfdef-6722-44ad-b87d-fd0df417bf04','one','RlbrrL1U2V',NULL,0,NULL,2,'01a21a48-da6e-71f2-8a67-0efd2142be83');
INSERT INTO "workspace_builds" VALUES(2,'01a21a48-db18-7536-9ee1-00a1cd1d4d3f','01a21a48-db17-734e-943b-c5fba13629c2',1,'01a21a48-da6e-71f1-b993-77fc2462f291',NULL,'start','initiator','none','01a21a48-cd7d-722a-88c5-3add71d723d2','succeeded',NULL,NULL,'01a21a48-db18-7537-988c-fdd695e351f1',0,NULL,NULL,1795737312023,1795737312172,1795737312080,NULL,1795737312172,'76a7ef48-f72d-440b-9dcf-5c79ec8c9504','one','RlbrrL1U2V',NULL,0,NULL,0,NULL);
CREATE TABLE "workspace_resources" (
  "id" text PRIMARY KEY NOT NULL,
  "build_id" text NOT NULL,
  "type" text NOT NULL,
  "name" text NOT NULL,
  FOREIGN KEY ("build_id") REFERENCES "workspace_builds"("id") ON DELETE cascade
);
INSERT INTO "workspace_resources" VALUES('01a21a48-dbac-76cf-9caf-c0cad6887dfd','01a21a48-db18-7536-9ee1-00a1cd1d4d3f','docker_container','dev');
INSERT INTO "workspace_resources" VALUES('01a21a48-dc13-7504-9efd-8645516782c6','01a21a48-dae3-7070-8ffa-37b31a26bb92','docker_container','dev');
CREATE TABLE "workspace_states" (
  "build_id" text NOT NULL,
  "position" integer NOT NULL,
  "content" blob NOT NULL,
  PRIMARY KEY("build_id", "position"),
  FOREIGN KEY ("build_id") REFERENCES "workspace_builds"("id") ON DELETE cascade
);
INSERT INTO "workspace_states" VALUES('01a21a48-db18-7536-9ee1-00a1cd1d4d3f',0,X'C7260785A86F8D749F89164C9129346295299E4915BB82D4B53E20EFE4D363B875586CFAF0F2BAFE452C692119869BDE0EDB6E15');
INSERT INTO "workspace_states" VALUES('01a21a48-dae3-7070-8ffa-37b31a26bb92',0,X'55E204A2BF8B1015581049F6892C6BA554E1498FA7BC2A8AE365EB5EB5E4571D54EE5562DBD18D548CD0761D5BD64B141FB47344');
CREATE TABLE "workspaces" (
  "seq" integer PRIMARY KEY AUTOINCREMENT NOT NULL,
  "id" text NOT NULL,
  "owner_id" text NOT NULL,
  "organization_id" text NOT NULL,
  "template_id" text NOT NULL,
  "name" text NOT NULL,
  "autostart_schedule" text,
  "next_start_at" integer,
  "automatic_updates" text NOT NULL,
  "latest_build_id" text,
  "created_at" integer NOT NULL,
  "updated_at" integer NOT NULL,
  "last_used_at" integer NOT NULL,
  "deleted_at" integer,
  FOREIGN KEY ("owner_id") REFERENCES "users"("id"),
  FOREIGN KEY ("organization_id") REFERENCES "organizations"("id"),
  FOREIGN KEY ("template_id") REFERENCES "templates"("id"),
  CONSTRAINT "workspaces_automatic_updates" CHECK(automatic_updates IN ('always', 'never'))
);
INSERT INTO "workspaces" VALUES(1,'01a21a48-dae3-706f-a797-e056701dafef','c42fdf75-3097-471c-8c33-fb52454d81c0','01a21a48-cb92-76ad-8e04-2d2357001cde','01a21a48-daa2-74dc-8889-3a30a88d3b5f','prebuild-f3qcqztv0m',NULL,NULL,'never','01a21a48-dae3-7070-8ffa-37b31a26bb92',1795737311971,1795737311971,1795737311971,NULL);
INSERT INTO "workspaces" VALUES(2,'01a21a48-db17-734e-943b-c5fba13629c2','01a21a48-cd7d-722a-88c5-3add71d723d2','01a21a48-cb92-76ad-8e04-2d2357001cde','01a21a48-daa2-74dc-8889-3a30a88d3b5f','dev',NULL,NULL,'never','01a21a48-db18-7536-9ee1-00a1cd1d4d3f',1795737312023,1795737312023,1795737312023,NULL);
CREATE UNIQUE INDEX "api_keys_token_name" ON "api_keys" ("user_id","name") WHERE kind = 'token';
CREATE INDEX "api_keys_user" ON "api_keys" ("user_id","created_at");
CREATE INDEX "api_keys_expiry" ON "api_keys" ("expires_at");
CREATE UNIQUE INDEX "audit_entries_id" ON "audit_entries" ("id");
CREATE INDEX "audit_entries_at" ON "audit_entries" ("at");
CREATE INDEX "audit_entries_actor" ON "audit_entries" ("actor_id","seq");
CREATE INDEX "audit_entries_resource" ON "audit_entries" ("resource_id","seq");
CREATE UNIQUE INDEX "inbox_notifications_id" ON "inbox_notifications" ("id");
CREATE INDEX "inbox_notifications_user" ON "inbox_notifications" ("user_id","seq");
CREATE INDEX "inbox_notifications_unread" ON "inbox_notifications" ("user_id","seq") WHERE read_at IS NULL;
CREATE INDEX "inbox_notifications_created" ON "inbox_notifications" ("created_at");
CREATE UNIQUE INDEX "notification_events_id" ON "notification_events" ("id");
CREATE INDEX "notification_events_created" ON "notification_events" ("created_at");
CREATE UNIQUE INDEX "notification_messages_id" ON "notification_messages" ("id");
CREATE UNIQUE INDEX "notification_messages_dedupe" ON "notification_messages" ("dedupe_key") WHERE dedupe_key IS NOT NULL;
CREATE INDEX "notification_messages_due" ON "notification_messages" ("due_at","seq") WHERE due_at IS NOT NULL;
CREATE INDEX "notification_messages_lease" ON "notification_messages" ("lease_token") WHERE lease_token IS NOT NULL;
CREATE INDEX "notification_messages_event" ON "notification_messages" ("event_id");
CREATE INDEX "notification_messages_user" ON "notification_messages" ("user_id","seq");
CREATE INDEX "notification_messages_final" ON "notification_messages" ("updated_at") WHERE due_at IS NULL;
CREATE UNIQUE INDEX "notification_templates_name" ON "notification_templates" ("name");
CREATE UNIQUE INDEX "notification_templates_key" ON "notification_templates" ("key");
CREATE UNIQUE INDEX "organizations_name" ON "organizations" (lower("name"));
CREATE INDEX "user_roles_role" ON "user_roles" ("role","user_id");
CREATE UNIQUE INDEX "users_id" ON "users" ("id");
CREATE UNIQUE INDEX "users_email" ON "users" (lower("email")) WHERE deleted_at IS NULL AND email <> '';
CREATE UNIQUE INDEX "users_username" ON "users" (lower("username")) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX "files_hash" ON "files" ("hash");
CREATE UNIQUE INDEX "templates_id" ON "templates" ("id");
CREATE UNIQUE INDEX "templates_name" ON "templates" ("organization_id",lower("name")) WHERE deleted_at IS NULL;
CREATE INDEX "templates_active_version" ON "templates" ("active_version_id");
CREATE UNIQUE INDEX "template_versions_id" ON "template_versions" ("id");
CREATE UNIQUE INDEX "template_versions_name" ON "template_versions" ("template_id",lower("name"));
CREATE UNIQUE INDEX "presets_id" ON "presets" ("id");
CREATE UNIQUE INDEX "presets_name" ON "presets" ("version_id",lower("name"));
CREATE INDEX "presets_pools" ON "presets" ("version_id") WHERE desired_instances IS NOT NULL;
CREATE UNIQUE INDEX "provisioner_keys_name" ON "provisioner_keys" ("organization_id",lower("name"));
CREATE UNIQUE INDEX "workspaces_id" ON "workspaces" ("id");
CREATE UNIQUE INDEX "workspaces_name" ON "workspaces" ("owner_id",lower("name")) WHERE deleted_at IS NULL;
CREATE INDEX "workspaces_template" ON "workspaces" ("template_id") WHERE deleted_at IS NULL;
CREATE INDEX "workspaces_next_start" ON "workspaces" ("next_start_at") WHERE next_start_at IS NOT NULL AND deleted_at IS NULL;
CREATE UNIQUE INDEX "workspace_builds_id" ON "workspace_builds" ("id");
CREATE UNIQUE INDEX "workspace_builds_number" ON "workspace_builds" ("workspace_id","number");
CREATE UNIQUE INDEX "workspace_builds_active" ON "workspace_builds" ("workspace_id") WHERE status IN ('pending', 'running', 'canceling');
CREATE INDEX "workspace_builds_queue" ON "workspace_builds" ("priority","seq") WHERE status = 'pending';
CREATE INDEX "workspace_builds_leases" ON "workspace_builds" ("lease_expires_at") WHERE lease_expires_at IS NOT NULL;
CREATE UNIQUE INDEX "workspace_builds_acquire" ON "workspace_builds" ("acquire_id") WHERE acquire_id IS NOT NULL;
CREATE INDEX "workspace_builds_preset" ON "workspace_builds" ("preset_id","created_at");
CREATE UNIQUE INDEX "build_logs_id" ON "build_logs" ("id");
CREATE INDEX "build_logs_build" ON "build_logs" ("build_id","seq");
CREATE INDEX "workspace_resources_build" ON "workspace_resources" ("build_id");
CREATE UNIQUE INDEX "workspace_agents_name" ON "workspace_agents" ("build_id","name");
CREATE UNIQUE INDEX "workspace_apps_slug" ON "workspace_apps" ("agent_id","slug");
CREATE UNIQUE INDEX "workspace_app_statuses_id" ON "workspace_app_statuses" ("id");
CREATE INDEX "workspace_app_statuses_app" ON "workspace_app_statuses" ("app_id","seq");
CREATE INDEX "workspace_app_statuses_workspace" ON "workspace_app_statuses" ("workspace_id","seq");
CREATE INDEX "workspace_app_statuses_superseded" ON "workspace_app_statuses" ("created_at") WHERE superseded = 1;
CREATE INDEX "notification_messages_subject" ON "notification_messages" ("subject") WHERE subject IS NOT NULL AND due_at IS NOT NULL;
CREATE INDEX "rate_limits_expiry" ON "rate_limits" ("expires_at");
CREATE INDEX "passcodes_user" ON "passcodes" ("user_id");
CREATE INDEX "passcodes_expiry" ON "passcodes" ("expires_at");
CREATE INDEX "passcode_tries_passcode" ON "passcode_tries" ("passcode_id");
CREATE INDEX "notification_messages_expiry" ON "notification_messages" ("expires_at") WHERE sealed_labels IS NOT NULL;
CREATE INDEX "workspace_builds_claims" ON "workspace_builds" ("version_id","preset_id") WHERE stage = 'claim';
CREATE INDEX "presets_limited" ON "presets" ("id") WHERE prebuild_status = 'hard_limited';
CREATE INDEX "template_parameters_demanded" ON "template_parameters" ("version_id") WHERE required = 1 AND default_value IS NULL;
CREATE INDEX "workspace_builds_pool_now" ON "workspace_builds" ("pool_preset_id") WHERE pool_preset_id IS NOT NULL AND (status IN ('pending', 'running', 'canceling') OR (status = 'succeeded' AND transition = 'start'));
CREATE INDEX "workspace_builds_pool_starts" ON "workspace_builds" ("pool_preset_id","created_at") WHERE pool_preset_id IS NOT NULL AND preset_id IS NOT NULL AND transition = 'start';
CREATE INDEX "workspace_builds_pool_made" ON "workspace_builds" ("preset_id","created_at") WHERE stage = 'create' AND status = 'succeeded';
CREATE TRIGGER "workspaces_pool" AFTER UPDATE OF "owner_id", "latest_build_id", "deleted_at" ON "workspaces"
WHEN OLD."owner_id" = 'c42fdf75-3097-471c-8c33-fb52454d81c0' OR NEW."owner_id" = 'c42fdf75-3097-471c-8c33-fb52454d81c0'
BEGIN
  INSERT INTO "pool_totals" ("template_id", "preset_name", "created", "failed", "claimed")
    SELECT NEW."template_id", p."name", 0, 0, 0 FROM "workspace_builds" b JOIN "presets" p ON p."id" = b."pool_preset_id"
    WHERE b."id" = OLD."latest_build_id" AND OLD."owner_id" <> NEW."owner_id" AND NOT EXISTS (
      SELECT 1 FROM "pool_totals" t WHERE t."template_id" = NEW."template_id" AND t."preset_name" = p."name")
  ; UPDATE "pool_totals" SET "claimed" = "claimed" + 1
    WHERE OLD."owner_id" <> NEW."owner_id" AND OLD."owner_id" = 'c42fdf75-3097-471c-8c33-fb52454d81c0'
      AND ("template_id", "preset_name") = (SELECT NEW."template_id", p."name" FROM "workspace_builds" b
        JOIN "presets" p ON p."id" = b."pool_preset_id" WHERE b."id" = OLD."latest_build_id")
  ; UPDATE "workspace_builds" SET "pool_preset_id" = CASE
      WHEN NEW."owner_id" = 'c42fdf75-3097-471c-8c33-fb52454d81c0' AND NEW."deleted_at" IS NULL THEN
        COALESCE("preset_id", (SELECT o."pool_preset_id" FROM "workspace_builds" o WHERE o."id" = OLD."latest_build_id"))
      END
    WHERE "id" = NEW."latest_build_id"
  ; UPDATE "workspace_builds" SET "pool_preset_id" = NULL
    WHERE "id" = OLD."latest_build_id" AND OLD."latest_build_id" IS NOT NEW."latest_build_id"
  ; END;
CREATE TRIGGER "workspace_builds_pool" AFTER INSERT ON "workspace_builds"
WHEN EXISTS (SELECT 1 FROM "workspaces" w WHERE w."id" = NEW."workspace_id" AND w."latest_build_id" = NEW."id"
  AND w."owner_id" = 'c42fdf75-3097-471c-8c33-fb52454d81c0' AND w."deleted_at" IS NULL)
BEGIN
  UPDATE "workspace_builds" SET "pool_preset_id" = "preset_id" WHERE "id" = NEW."id"
  ; END;
CREATE TRIGGER "workspace_builds_pool_created" AFTER INSERT ON "workspace_builds" WHEN NEW."stage" = 'create'
BEGIN
  INSERT INTO "pool_totals" ("template_id", "preset_name", "created", "failed", "claimed")
    SELECT v."template_id", p."name", 0, 0, 0 FROM "presets" p JOIN "template_versions" v ON v."id" = p."version_id"
    WHERE p."id" = NEW."preset_id" AND NOT EXISTS (SELECT 1 FROM "pool_totals" t
      WHERE t."template_id" = v."template_id" AND t."preset_name" = p."name")
  ; UPDATE "pool_totals" SET "created" = "created" + 1
    WHERE ("template_id", "preset_name") = (SELECT v."template_id", p."name" FROM "presets" p
      JOIN "template_versions" v ON v."id" = p."version_id" WHERE p."id" = NEW."preset_id")
  ; END;
CREATE TRIGGER "workspace_builds_pool_failed" AFTER UPDATE OF "status" ON "workspace_builds"
WHEN NEW."stage" = 'create' AND NEW."status" = 'failed' AND OLD."status" <> 'failed'
BEGIN
  UPDATE "pool_totals" SET "failed" = "failed" + 1
    WHERE ("template_id", "preset_name") = (SELECT v."template_id", p."name" FROM "presets" p
      JOIN "template_versions" v ON v."id" = p."version_id" WHERE p."id" = NEW."preset_id")
  ; END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('users',4);
INSERT INTO "sqlite_sequence" VALUES('audit_entries',11);
INSERT INTO "sqlite_sequence" VALUES('notification_events',5);
INSERT INTO "sqlite_sequence" VALUES('notification_messages',10);
INSERT INTO "sqlite_sequence" VALUES('inbox_notifications',4);
INSERT INTO "sqlite_sequence" VALUES('template_versions',1);
INSERT INTO "sqlite_sequence" VALUES('presets',1);
INSERT INTO "sqlite_sequence" VALUES('templates',1);
INSERT INTO "sqlite_sequence" VALUES('workspaces',2);
INSERT INTO "sqlite_sequence" VALUES('workspace_builds',2);
INSERT INTO "sqlite_sequence" VALUES('build_logs',2);
COMMIT;
