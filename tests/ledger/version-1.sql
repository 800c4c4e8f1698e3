BEGIN TRANSACTION;
CREATE TABLE chain (
	sequence BIGINT NOT NULL, 
	instant TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	beneficiary TEXT NOT NULL, 
	payload_sha256 TEXT NOT NULL, 
	link TEXT NOT NULL, 
	PRIMARY KEY (sequence)
);
INSERT INTO "chain" VALUES(1,'2026-11-24T04:12:07.000000Z','load','scota','48f02913d60836e99f2b0f8b426b3f054faa21754b5e78e47ddaafa3558bb10f','b93fd709cad2d8e77c42393fecc814914bcb5a73c3d170fe516dc46dc34326ab');
INSERT INTO "chain" VALUES(2,'2026-11-24T04:12:07.000000Z','reading','scota','a3a7cb3bf5ccce52d08c445851f7048754c40ed0e694b8f01828d991a614e1fd','06257de1543d6d765c419d9c3c652539f3c2c459c061d106bd875e3830e2c5a4');
INSERT INTO "chain" VALUES(3,'2026-11-24T04:12:07.000000Z','verdict','scota','e041ffca890da08bdfcea91115257706c005d6a997f9ffe9d9c01f448e5db502','076e02306ad81be05ec587d1ca8ee94dec89809ad923227754c228df16235cba');
INSERT INTO "chain" VALUES(4,'2026-11-24T04:12:07.000000Z','reading','','8c694126b79205520cb55500284d93bc9c0b73d8640ec235305db4195a84202e','45ed21fa0b800890a8ca703b5fd1bb96b604348dc64eb50c0c2f21151051f147');
INSERT INTO "chain" VALUES(5,'2026-11-24T04:12:07.000000Z','day','scota','972210c6df47761b6532d59bdbf8739a04b8094b0748625c6722009d508dc533','cd4f8b5f8d633c5e6891efb8620380ffe92f8193c48091ef9236bf78be114cce');
INSERT INTO "chain" VALUES(6,'2026-11-24T04:12:07.000000Z','entry','scota','b3ac17e1eaddb7fe875a1db4deab468752e63e678dfc09a63bdde36ddb82f02e','9ebb15395d92e9bc661461f20808111ee31a23003492477d813fdd1533aef179');
INSERT INTO "chain" VALUES(7,'2026-11-25T04:12:07.000000Z','reading','scota','0b378981874ae3de4dfbefa3a7a1bd4fca21041f6a9b87c449b7a3b42a2f8fdd','c1e1c9922ca06ddeb0c60798da7abbc58c9ddebe13840e5d696a61bddc4717b7');
INSERT INTO "chain" VALUES(8,'2026-11-25T04:12:07.000000Z','verdict','scota','635ef24fa0495c548607a5dbe61ee0bd2394a05b7cb0e0cc690a2de017656cbb','dde4525740576aae27f93c2350e50a9f08f772333c7477bb5062118fe0314a58');
INSERT INTO "chain" VALUES(9,'2026-11-25T04:12:07.000000Z','reading','','d6876e2eb676d78a3ca88682f7d4c87b24606ca309cfb293c76fcb1512eef03e','3ce34e25ff2a59d466e24aedf9b37f2b8d6386f348d42eb00c96e77535d0cc20');
INSERT INTO "chain" VALUES(10,'2026-11-25T04:12:07.000000Z','day','scota','05f60cb37a92664613bab10187e682ffc044cf06cc6aa9b45b1a5137b1d30e12','df5bf652271632d455fa86c40a2df224fd178e0de75331fc7eb057cfee579162');
INSERT INTO "chain" VALUES(11,'2026-11-25T04:12:07.000000Z','entry','scota','ea3c84f2433e31f8abcf9eb7e6a903be1378c08f7cc7d92122eb208df2bde3c7','3f3413ed013e586af507bf45adde13b27f88abdb9c24a730dbc0e85a2af6dfcc');
INSERT INTO "chain" VALUES(12,'2026-11-25T04:12:07.000000Z','head','','9df69a4289b94b0420fd4ae95861ea5fd80f954d04b5a7a9f10c1d46244e1f1d','21f386b2360702f80939e5c2ec3ebc7fe19841ecee37f0821f8ce385599797eb');
INSERT INTO "chain" VALUES(13,'2026-11-26T04:12:07.000000Z','reading','scota','73520a81dd7fba919eddd64e9ecdd8498f015a74ea1d6170c02e639723d64cd6','f24c305154aa2c9a5229b890e604cc598d0c747838f3dea2e46a7af3abc6bb23');
INSERT INTO "chain" VALUES(14,'2026-11-26T04:12:07.000000Z','verdict','scota','7ccd870a4eb7bb9feb20ba6a119657ce750250ec282896dce607bd827439fce1','ef8cdbb4e3f1120139d44bfec0cd5769d1dc62bccfd88857ee668247ffb84e29');
INSERT INTO "chain" VALUES(15,'2026-11-26T04:12:07.000000Z','reading','','52fba9bdd69581a549eb99f5f6f411e29563dcc6ce873a382b631934fd6a163c','dcf5637a53de6b4d9fb833414fb4312f07db4f15214f2fc85b8c7690dd44a4f9');
INSERT INTO "chain" VALUES(16,'2026-11-26T04:12:07.000000Z','day','scota','ae801d488877bbbdd405cf537829f93ba873cc02b964b650ae7a10c64817cd97','33553ff25c438aa301e7ac95f7894b014819bc8e1896b3b0008f3db8c0bdbe20');
INSERT INTO "chain" VALUES(17,'2026-11-26T04:12:07.000000Z','entry','scota','ca5f81f0d91e81cd245169430e824eea32ceac2b1a37e770614e99325f3e4379','20f585abbe1ba34f1daa8c4fdaeb0bdcc1c4daba7aac1c681f738fd4c0302e1b');
INSERT INTO "chain" VALUES(18,'2026-11-26T04:12:07.000000Z','head','','993ca789eee719cd3488bc1b7b596c4d2c332a7ffe78a6238bedf72437ec329e','29686812dd9e1f9a24106f35bcda5a10f0b1c5af6b9913f4f892bb314bc7b424');
INSERT INTO "chain" VALUES(19,'2028-01-03T04:12:07.000000Z','day','scota','249540e35ed78a11197c2bf2e680f5b528f0bec522ed8d2941257b7481852231','62c852bd1b1f34dcbad59fa64da546f6be90e83d819cfdb6527a3f42aac6c983');
INSERT INTO "chain" VALUES(20,'2028-01-05T04:12:07.000000Z','reading','scota','5b794793120dd74d31bc3ce62dd797407fe70ef6f781dc2b5b59e9499f9d5ffb','e393d598b296a4037d03b2b661c71379f919766b223c87c00af0116ffa509090');
INSERT INTO "chain" VALUES(21,'2028-01-05T04:12:07.000000Z','erasure','','ba2229431d9eb5c6f73dc2b09fdbe499e3971e3793c14038e33e0823359853d8','986eb8a636242114b899c87a6d38516f49630ebbed24bfb6f03d75dff6ef7160');
CREATE TABLE day_row (
	target TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	beneficiary TEXT NOT NULL, 
	day TEXT NOT NULL, 
	sequence BIGINT NOT NULL, 
	state TEXT NOT NULL, 
	measured TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	late BOOLEAN NOT NULL, 
	judged_at TEXT NOT NULL, 
	PRIMARY KEY (target, subject, beneficiary, day)
);
INSERT INTO "day_row" VALUES('backup-rpo','files','scota','2026-11-23',5,'met','met','within-limit',0,'2026-11-24T04:12:07.000000Z');
INSERT INTO "day_row" VALUES('backup-rpo','files','scota','2026-11-24',10,'met','met','within-limit',0,'2026-11-24T04:12:07.000000Z');
INSERT INTO "day_row" VALUES('backup-rpo','files','scota','2026-11-25',16,'met','met','within-limit',0,'2026-11-24T04:12:07.000000Z');
INSERT INTO "day_row" VALUES('backup-rpo','files','scota','2028-01-03',19,'met','met','within-limit',0,'2026-11-24T04:12:07.000000Z');
CREATE TABLE entry_number (
	register TEXT NOT NULL, 
	number BIGINT NOT NULL, 
	PRIMARY KEY (register)
);
INSERT INTO "entry_number" VALUES('incident',3);
CREATE TABLE entry_row (
	sequence BIGINT NOT NULL, 
	register TEXT NOT NULL, 
	id TEXT NOT NULL, 
	revision INTEGER NOT NULL, 
	PRIMARY KEY (sequence)
);
INSERT INTO "entry_row" VALUES(6,'incident','incident-1',1);
INSERT INTO "entry_row" VALUES(11,'incident','incident-2',1);
INSERT INTO "entry_row" VALUES(17,'incident','incident-3',1);
CREATE TABLE erased (
	sequence BIGINT NOT NULL, 
	erasure BIGINT NOT NULL, 
	PRIMARY KEY (sequence)
);
INSERT INTO "erased" VALUES(2,21);
INSERT INTO "erased" VALUES(4,21);
INSERT INTO "erased" VALUES(7,21);
INSERT INTO "erased" VALUES(9,21);
INSERT INTO "erased" VALUES(13,21);
INSERT INTO "erased" VALUES(15,21);
CREATE TABLE first_seen (
	target TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	beneficiary TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (target, subject, beneficiary)
);
INSERT INTO "first_seen" VALUES('backup-rpo','files','scota','2026-11-24T04:12:07.000000Z');
CREATE TABLE head (
	number BIGINT NOT NULL, 
	sequence BIGINT NOT NULL, 
	day TEXT NOT NULL, 
	first BIGINT NOT NULL, 
	last BIGINT NOT NULL, 
	previous TEXT NOT NULL, 
	head TEXT NOT NULL, 
	signature TEXT NOT NULL, 
	fingerprint TEXT NOT NULL, 
	PRIMARY KEY (number)
);
INSERT INTO "head" VALUES(1,12,'2026-11-24',1,6,'0000000000000000000000000000000000000000000000000000000000000000','6d51bcce5b7abc24120a46b1e019821128d175d0acb03611b5923289d4f73e3a','STpDZ8UDytNfakHzYgo+9dlg9tfIqd11vBwydAfFNgmBjiIS19nD+1i15G9Oawo/c8nHisWHcHkR12NgVk6nCw==','SHA256:iI3wJUTCyJsU2sb7XO0R3jsJGX19wqDdNPzLPd9KSXw');
INSERT INTO "head" VALUES(2,18,'2026-11-25',7,12,'6d51bcce5b7abc24120a46b1e019821128d175d0acb03611b5923289d4f73e3a','958c579ec7d372fccba696d0147ab46d59916f0845d62c6083a9c2bb6b993907','lnrAllUFFGTAVu6YezBBiU7Of6VgQVVE7Fu/HX8E8VnUgEyd9qZ4gr5ipJDxMVecvy6o4o1J0//cqypnDwTgDQ==','SHA256:iI3wJUTCyJsU2sb7XO0R3jsJGX19wqDdNPzLPd9KSXw');
CREATE TABLE latest_observation (
	collector TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	sequence BIGINT NOT NULL, 
	base BIGINT NOT NULL, 
	base_instant TEXT NOT NULL, 
	facts_sha256 TEXT NOT NULL, 
	redated TEXT NOT NULL, 
	look TEXT NOT NULL, 
	PRIMARY KEY (collector, subject)
);
INSERT INTO "latest_observation" VALUES('restic_snapshots','files/offsite',20,20,'2028-01-05T04:12:07.000000Z','7ffd6688a6847a9e2ad4e69c0ccf8ff180aea78f40fdb7e19dd72fd0466c3f14','{}','{"begun":"2028-01-05T04:12:06.000000Z","collector":"restic_snapshots","ended":"2028-01-05T04:12:07.000000Z","evidence":[{"command":"restic --json --no-lock snapshots","duration":612000,"output_sha256":"5555555555555555555555555555555555555555555555555555555555555555","status":0,"tool_version":"0.18.0"}],"gaps":[],"host":"srv-1","outcome":"observation","subject":"files/offsite"}');
CREATE TABLE latest_reading (
	collector TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	sequence BIGINT NOT NULL, 
	look TEXT NOT NULL, 
	PRIMARY KEY (collector, subject)
);
INSERT INTO "latest_reading" VALUES('restic_snapshots','files/offsite',20,'{"begun":"2028-01-05T04:12:06.000000Z","collector":"restic_snapshots","ended":"2028-01-05T04:12:07.000000Z","evidence":[{"command":"restic --json --no-lock snapshots","duration":612000,"output_sha256":"5555555555555555555555555555555555555555555555555555555555555555","status":0,"tool_version":"0.18.0"}],"gaps":[],"host":"srv-1","outcome":"observation","subject":"files/offsite"}');
CREATE TABLE line (
	target TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	beneficiary TEXT NOT NULL, 
	last_at TEXT, 
	last_state TEXT, 
	last_reason TEXT, 
	stands_until TEXT, 
	PRIMARY KEY (target, subject, beneficiary)
);
INSERT INTO "line" VALUES('backup-rpo','files','scota','2026-11-24T04:12:07.000000Z','met','within-limit','2026-11-26T10:12:07.000000Z');
CREATE TABLE line_start (
	target TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	beneficiary TEXT NOT NULL, 
	at TEXT NOT NULL, 
	state TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	PRIMARY KEY (target, subject, beneficiary, at)
);
INSERT INTO "line_start" VALUES('backup-rpo','files','scota','2026-11-24T04:12:07.000000Z','met','within-limit');
CREATE TABLE load_row (
	sequence BIGINT NOT NULL, 
	number BIGINT NOT NULL, 
	PRIMARY KEY (sequence)
);
INSERT INTO "load_row" VALUES(1,1);
CREATE TABLE manifest (
	subject TEXT NOT NULL, 
	number BIGINT NOT NULL, 
	name TEXT NOT NULL, 
	size BIGINT NOT NULL, 
	first_seen TEXT NOT NULL, 
	last_hashed TEXT, 
	gone TEXT, 
	explained BOOLEAN NOT NULL, 
	PRIMARY KEY (subject, number)
);
CREATE TABLE observed_facts (
	collector TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	lines TEXT NOT NULL, 
	PRIMARY KEY (collector, subject)
);
INSERT INTO "observed_facts" VALUES('restic_snapshots','files/offsite','{"as_of":"2024-01-01T01:00:00.000000Z","name":"backup.point","subject":"files/offsite","value":{"point":{"added_bytes":91000000,"bytes":2350000001,"files":20998,"files_changed":40,"files_new":12,"host":"srv-1","id":"0000000000000000000000000000000000000000000000000000000000000001","original":null,"packed_bytes":60000000,"paths":["/srv/scota"],"tags":[],"time":"2024-01-01T01:00:00.000000Z","tree":"0000000000000000000000000000000000000000000000000000000000000007"}}}');
CREATE TABLE payload (
	sequence BIGINT NOT NULL, 
	text TEXT NOT NULL, 
	PRIMARY KEY (sequence)
);
INSERT INTO "payload" VALUES(1,'{"declared":[["backup-rpo","files","scota",null,null]],"digest":"cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc","number":1,"of":1,"salt":"c6743ce8223a0eb86b9e8d8f1efa149d","targets":[{"alert_after":null,"attainment":[1,1],"evidence_age":21600000000,"id":"backup-rpo","limit":86400.0,"run_allowance":0,"severity":null,"unit":"seconds"}]}');
INSERT INTO "payload" VALUES(3,'{"salt":"ebe8d6c0254d1f89eab3ca4f9e046c85","stretch":{"covers_from":"2026-11-24T04:12:07.000000Z","stands_until":"2026-11-24T10:12:07.000000Z","starts":[["2026-11-24T04:12:07.000000Z","met","within-limit"]]},"verdict":{"about":{},"acceptance":null,"at":"2026-11-24T04:12:07.000000Z","day_state":"met","evidence":[],"key":["backup-rpo","files","scota"],"limit":86400.0,"measured":"met","observed_at":"2026-11-24T04:12:07.000000Z","reason":"within-limit","rest":[],"stands_until":"2026-11-24T10:12:07.000000Z","state":"met","unit":"seconds","value":3600.0}}');
INSERT INTO "payload" VALUES(5,'{"day_row":{"day":"2026-11-23","judged_at":"2026-11-24T04:12:07.000000Z","key":["backup-rpo","files","scota"],"late":false,"measured":"met","reason":"within-limit","state":"met"},"salt":"acc87a426d9f8b399f3d2ef016388e2a"}');
INSERT INTO "payload" VALUES(6,'{"id":"incident-1","received_at":"2026-11-24T04:12:07.000000Z","register":"incident","revision":1,"salt":"4f1a5f075e95ad89bda187a80100b6c9","values":{"title":"number 0"}}');
INSERT INTO "payload" VALUES(8,'{"salt":"93f516bf0046a6e3d5778d9866a83833","stretch":{"covers_from":"2026-11-25T04:12:07.000000Z","stands_until":"2026-11-25T10:12:07.000000Z","starts":[["2026-11-25T04:12:07.000000Z","met","within-limit"]]},"verdict":{"about":{},"acceptance":null,"at":"2026-11-25T04:12:07.000000Z","day_state":"met","evidence":[],"key":["backup-rpo","files","scota"],"limit":86400.0,"measured":"met","observed_at":"2026-11-25T04:12:07.000000Z","reason":"within-limit","rest":[],"stands_until":"2026-11-25T10:12:07.000000Z","state":"met","unit":"seconds","value":3600.0}}');
INSERT INTO "payload" VALUES(10,'{"day_row":{"day":"2026-11-24","judged_at":"2026-11-24T04:12:07.000000Z","key":["backup-rpo","files","scota"],"late":false,"measured":"met","reason":"within-limit","state":"met"},"salt":"9101031833c3d0013a81d080652acb7c"}');
INSERT INTO "payload" VALUES(11,'{"id":"incident-2","received_at":"2026-11-25T04:12:07.000000Z","register":"incident","revision":1,"salt":"aebc5d8168a8e85ed363f0505ed8fb67","values":{"title":"number 1"}}');
INSERT INTO "payload" VALUES(12,'{"day":"2026-11-24","fingerprint":"SHA256:iI3wJUTCyJsU2sb7XO0R3jsJGX19wqDdNPzLPd9KSXw","first":1,"head":"6d51bcce5b7abc24120a46b1e019821128d175d0acb03611b5923289d4f73e3a","last":6,"number":1,"previous":"0000000000000000000000000000000000000000000000000000000000000000","salt":"094ada17d3dac079de169dade7024d29","signature":"STpDZ8UDytNfakHzYgo+9dlg9tfIqd11vBwydAfFNgmBjiIS19nD+1i15G9Oawo/c8nHisWHcHkR12NgVk6nCw=="}');
INSERT INTO "payload" VALUES(14,'{"salt":"6168e5593c244b9bd7112940ebc1d2bc","stretch":{"covers_from":"2026-11-26T04:12:07.000000Z","stands_until":"2026-11-26T10:12:07.000000Z","starts":[["2026-11-26T04:12:07.000000Z","met","within-limit"]]},"verdict":{"about":{},"acceptance":null,"at":"2026-11-26T04:12:07.000000Z","day_state":"met","evidence":[],"key":["backup-rpo","files","scota"],"limit":86400.0,"measured":"met","observed_at":"2026-11-26T04:12:07.000000Z","reason":"within-limit","rest":[],"stands_until":"2026-11-26T10:12:07.000000Z","state":"met","unit":"seconds","value":3600.0}}');
INSERT INTO "payload" VALUES(16,'{"day_row":{"day":"2026-11-25","judged_at":"2026-11-24T04:12:07.000000Z","key":["backup-rpo","files","scota"],"late":false,"measured":"met","reason":"within-limit","state":"met"},"salt":"5422c7b496bc69e4097ec72bfcb08aa3"}');
INSERT INTO "payload" VALUES(17,'{"id":"incident-3","received_at":"2026-11-26T04:12:07.000000Z","register":"incident","revision":1,"salt":"d9f2c5bd7e2e4b13deed75c75d7c30a6","values":{"title":"number 2"}}');
INSERT INTO "payload" VALUES(18,'{"day":"2026-11-25","fingerprint":"SHA256:iI3wJUTCyJsU2sb7XO0R3jsJGX19wqDdNPzLPd9KSXw","first":7,"head":"958c579ec7d372fccba696d0147ab46d59916f0845d62c6083a9c2bb6b993907","last":12,"number":2,"previous":"6d51bcce5b7abc24120a46b1e019821128d175d0acb03611b5923289d4f73e3a","salt":"29da93c0e4453598a546726751f90b86","signature":"lnrAllUFFGTAVu6YezBBiU7Of6VgQVVE7Fu/HX8E8VnUgEyd9qZ4gr5ipJDxMVecvy6o4o1J0//cqypnDwTgDQ=="}');
INSERT INTO "payload" VALUES(19,'{"day_row":{"day":"2028-01-03","judged_at":"2026-11-24T04:12:07.000000Z","key":["backup-rpo","files","scota"],"late":false,"measured":"met","reason":"within-limit","state":"met"},"salt":"22b19475a696a5f48d5399945b0725be"}');
INSERT INTO "payload" VALUES(20,'{"facts_sha256":"7ffd6688a6847a9e2ad4e69c0ccf8ff180aea78f40fdb7e19dd72fd0466c3f14","look":{"begun":"2028-01-05T04:12:06.000000Z","collector":"restic_snapshots","ended":"2028-01-05T04:12:07.000000Z","evidence":[{"command":"restic --json --no-lock snapshots","duration":612000,"output_sha256":"5555555555555555555555555555555555555555555555555555555555555555","status":0,"tool_version":"0.18.0"}],"gaps":[],"host":"srv-1","outcome":"observation","subject":"files/offsite"},"salt":"e7b7bd023e455862e4d8183463d1feb7","whole":[{"as_of":"2024-01-01T01:00:00.000000Z","name":"backup.point","subject":"files/offsite","value":{"point":{"added_bytes":91000000,"bytes":2350000001,"files":20998,"files_changed":40,"files_new":12,"host":"srv-1","id":"0000000000000000000000000000000000000000000000000000000000000001","original":null,"packed_bytes":60000000,"paths":["/srv/scota"],"tags":[],"time":"2024-01-01T01:00:00.000000Z","tree":"0000000000000000000000000000000000000000000000000000000000000007"}}}]}');
INSERT INTO "payload" VALUES(21,'{"erased":[[2,2],[4,4],[7,7],[9,9],[13,13],[15,15]],"keep":34560000000000,"numbers":{},"rule":"keep_readings","salt":"1df50c6bffc33e46fb00d6402a51589a"}');
CREATE TABLE reading_row (
	sequence BIGINT NOT NULL, 
	collector TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	base BIGINT, 
	PRIMARY KEY (sequence)
);
INSERT INTO "reading_row" VALUES(20,'restic_snapshots','files/offsite',20);
CREATE TABLE schema_version (
	version INTEGER NOT NULL, 
	PRIMARY KEY (version)
);
INSERT INTO "schema_version" VALUES(1);
CREATE TABLE standing (
	target TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	beneficiary TEXT NOT NULL, 
	sequence BIGINT NOT NULL, 
	day TEXT NOT NULL, 
	words TEXT NOT NULL, 
	at TEXT NOT NULL, 
	verdict TEXT NOT NULL, 
	PRIMARY KEY (target, subject, beneficiary)
);
INSERT INTO "standing" VALUES('backup-rpo','files','scota',14,'2026-11-26','["met","met","met","within-limit",86400.0,null]','2026-11-26T04:12:07.000000Z','{"about":{},"acceptance":null,"at":"2026-11-26T04:12:07.000000Z","day_state":"met","evidence":[],"key":["backup-rpo","files","scota"],"limit":86400.0,"measured":"met","observed_at":"2026-11-26T04:12:07.000000Z","reason":"within-limit","rest":[],"stands_until":"2026-11-26T10:12:07.000000Z","state":"met","unit":"seconds","value":3600.0}');
CREATE TABLE tip (
	one INTEGER NOT NULL, 
	sequence BIGINT NOT NULL, 
	instant TEXT NOT NULL, 
	link TEXT NOT NULL, 
	PRIMARY KEY (one)
);
INSERT INTO "tip" VALUES(1,21,'2028-01-05T04:12:07.000000Z','986eb8a636242114b899c87a6d38516f49630ebbed24bfb6f03d75dff6ef7160');
CREATE TABLE verdict_row (
	sequence BIGINT NOT NULL, 
	target TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	beneficiary TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (sequence)
);
INSERT INTO "verdict_row" VALUES(3,'backup-rpo','files','scota','2026-11-24T04:12:07.000000Z');
INSERT INTO "verdict_row" VALUES(8,'backup-rpo','files','scota','2026-11-25T04:12:07.000000Z');
INSERT INTO "verdict_row" VALUES(14,'backup-rpo','files','scota','2026-11-26T04:12:07.000000Z');
CREATE INDEX reading_row_by_subject ON reading_row (collector, subject, sequence);
CREATE INDEX verdict_row_by_key ON verdict_row (target, subject, beneficiary, at);
CREATE INDEX verdict_row_by_instant ON verdict_row (at);
CREATE INDEX day_row_by_sequence ON day_row (sequence);
CREATE INDEX day_row_by_day ON day_row (day);
CREATE UNIQUE INDEX entry_row_by_id ON entry_row (register, id, revision);
CREATE TRIGGER chain_is_never_updated BEFORE UPDATE ON chain
       BEGIN SELECT RAISE(ABORT, 'a row of the chain is never changed'); END;
CREATE TRIGGER chain_is_never_deleted BEFORE DELETE ON chain
       BEGIN SELECT RAISE(ABORT, 'a row of the chain is never removed'); END;
CREATE TRIGGER chain_only_grows BEFORE INSERT ON chain
       WHEN NEW.sequence <> (SELECT coalesce(max(sequence), 0) + 1 FROM chain)
       BEGIN SELECT RAISE(ABORT, 'a row of the chain follows the last one'); END;
CREATE TRIGGER payload_is_never_updated BEFORE UPDATE ON payload
       BEGIN SELECT RAISE(ABORT, 'a payload is never changed'); END;
CREATE TRIGGER payload_is_deleted_by_rule BEFORE DELETE ON payload
       WHEN NOT EXISTS (SELECT 1 FROM erased WHERE sequence = OLD.sequence)
       BEGIN SELECT RAISE(ABORT, 'a payload is erased only by a rule'); END;
CREATE TRIGGER payload_only_grows BEFORE INSERT ON payload
       WHEN EXISTS (SELECT 1 FROM payload WHERE sequence = NEW.sequence)
       BEGIN SELECT RAISE(ABORT, 'a payload is never replaced'); END;
CREATE TRIGGER erased_is_never_updated BEFORE UPDATE ON erased
       BEGIN SELECT RAISE(ABORT, 'what was erased stays noted'); END;
CREATE TRIGGER erased_is_never_deleted BEFORE DELETE ON erased
       BEGIN SELECT RAISE(ABORT, 'what was erased stays noted'); END;
COMMIT;
