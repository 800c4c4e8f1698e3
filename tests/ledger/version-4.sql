BEGIN TRANSACTION;
CREATE TABLE batch_day (
	collector TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	day TEXT NOT NULL, 
	last BIGINT NOT NULL, 
	PRIMARY KEY (collector, subject, day)
)
 WITHOUT ROWID

;
INSERT INTO "batch_day" VALUES('restic_snapshots','dead','2028-01-05',26);
INSERT INTO "batch_day" VALUES('restic_snapshots','gone','2028-01-05',26);
INSERT INTO "batch_day" VALUES('restic_snapshots','mail/offsite','2028-01-05',26);
INSERT INTO "batch_day" VALUES('restic_snapshots','web/offsite','2028-01-05',26);
CREATE TABLE batch_instant (
	collector TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	is_dip BOOLEAN NOT NULL, 
	sequence BIGINT NOT NULL, 
	instant TEXT NOT NULL, 
	PRIMARY KEY (collector, subject, is_dip, sequence)
)
 WITHOUT ROWID

;
INSERT INTO "batch_instant" VALUES('restic_snapshots','mail/offsite',0,26,'2028-01-05T04:42:07.000000Z');
INSERT INTO "batch_instant" VALUES('restic_snapshots','web/offsite',0,26,'2028-01-05T04:42:07.000000Z');
CREATE TABLE batch_row (
	sequence BIGINT NOT NULL, 
	PRIMARY KEY (sequence)
);
INSERT INTO "batch_row" VALUES(25);
INSERT INTO "batch_row" VALUES(26);
CREATE TABLE batched_observation (
	collector TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	sequence BIGINT NOT NULL, 
	position INTEGER NOT NULL, 
	origin BIGINT NOT NULL, 
	look TEXT NOT NULL, 
	difference TEXT NOT NULL, 
	PRIMARY KEY (collector, subject)
);
INSERT INTO "batched_observation" VALUES('restic_snapshots','web/offsite',26,2,22,'{"begun":"2028-01-05T04:42:06.000000Z","collector":"restic_snapshots","ended":"2028-01-05T04:42:07.000000Z","evidence":[{"command":"restic --json --no-lock snapshots","duration":612000,"output_sha256":"5555555555555555555555555555555555555555555555555555555555555555","status":0,"tool_version":"0.18.0"}],"gaps":[],"host":"srv-1","outcome":"observation","subject":"web/offsite"}','{"added":[],"redated":null,"removed":[]}');
INSERT INTO "batched_observation" VALUES('restic_snapshots','mail/offsite',26,1,21,'{"begun":"2028-01-05T04:42:06.000000Z","collector":"restic_snapshots","ended":"2028-01-05T04:42:07.000000Z","evidence":[{"command":"restic --json --no-lock snapshots","duration":612000,"output_sha256":"5555555555555555555555555555555555555555555555555555555555555555","status":0,"tool_version":"0.18.0"}],"gaps":[],"host":"srv-1","outcome":"observation","subject":"mail/offsite"}','{"added":[],"redated":null,"removed":[]}');
CREATE TABLE chain (
	sequence BIGINT NOT NULL, 
	instant TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	beneficiary TEXT NOT NULL, 
	payload_sha256 TEXT NOT NULL, 
	link TEXT NOT NULL, 
	PRIMARY KEY (sequence)
);
INSERT INTO "chain" VALUES(1,'2026-11-24T04:12:07.000000Z','load','scota','ac25167029702fd0bf5e1428d5c1e977119238f9dc4d7587b18e588bfe69d77f','6b092cf5457b776299aee3e03fbbf2fc6c008e17a94d23fed9f86b3b29931cb3');
INSERT INTO "chain" VALUES(2,'2026-11-24T04:12:07.000000Z','reading','scota','6428cc6641d51bb7f9657b5d25fa39534b93c394b772db9f3f4160706a0cfa68','2042b519f4e47667a8c2774fdaba4f99abbd0ac21f62bb601814f65872c670e2');
INSERT INTO "chain" VALUES(3,'2026-11-24T04:12:07.000000Z','verdict','scota','79d7c6af11584311e821a88c696df981fb30e44b224e5efec182b037a99cc2f9','710e528a531bb379f5261db401d727a57f68c864505d191c1bb4219aafcba14b');
INSERT INTO "chain" VALUES(4,'2026-11-24T04:12:07.000000Z','reading','','829d4996e417bb9705d9296bb0b994c1c16f6c9f76c972bf11c368ba102b65b9','a457c7c2797d46002ee557f789d6b3c0c4c8674365d0cdb4b914a0b446a4a17f');
INSERT INTO "chain" VALUES(5,'2026-11-24T04:12:07.000000Z','day','scota','41711601caf37055c97e6aec212eefd3ea8b9509a281053a1f78dd48582333c0','67f6d04812f775ff762375a84bae43005e4f3ec65f3742cb81171aa96317c0ab');
INSERT INTO "chain" VALUES(6,'2026-11-24T04:12:07.000000Z','entry','scota','3c5a743f19e610d6e3c8e97370374b4b2e710407df91e3a35ef78f312ad5db3d','4fdb7f6585f689b5332bbe7993670314f896dde399a02982c84b22cf5c664310');
INSERT INTO "chain" VALUES(7,'2026-11-25T04:12:07.000000Z','reading','scota','53b4893b9ce41094beaaeb5d7e81aa82c01f9eaa7d9742662ceb1a075902bc16','41d0294cc3d8dc89e79884d4289e3e9904fefd4094261077587fed540d37a973');
INSERT INTO "chain" VALUES(8,'2026-11-25T04:12:07.000000Z','verdict','scota','61aded34d17eb948b9750cbd34385267ba497c46e574bc4c95793def01377592','927a6d90a0429e0a5a152dfca0985b18b22d54a129a0d7af2997f0396eb41fa6');
INSERT INTO "chain" VALUES(9,'2026-11-25T04:12:07.000000Z','reading','','5bc8317249cc0e7fe7362ed1668f07f820886b211372e66d643d4d5e20d3a3e3','f654a1018d5495573b0b4e44c0ee9b26afc3f6f95c37cacfd60266b006bd7d19');
INSERT INTO "chain" VALUES(10,'2026-11-25T04:12:07.000000Z','day','scota','8ec1fc97294656023021a333261d28fd20ae95e6d9b33dc034868c18c843855d','91917040c071b76ea7a7b8bef75fe7cf6e8ca1a9956f4c7f4040ac740d856642');
INSERT INTO "chain" VALUES(11,'2026-11-25T04:12:07.000000Z','entry','scota','f66c2a8334baa2e091092be29ebf1baa63946dc846cc162c0137c1a456d65240','69e09126191bd387870f684e8d03088a9e9e02f454943e9e9317d29ae060659f');
INSERT INTO "chain" VALUES(12,'2026-11-25T04:12:07.000000Z','head','','9465924d4c40ce3b9d5c40f239376ef6f557514fe9b6eee8844606db45b8b0eb','35f1ac8323a5d20fda12d9c1d096d7679e8519ffd21525400ad1de08f2482d8d');
INSERT INTO "chain" VALUES(13,'2026-11-26T04:12:07.000000Z','reading','scota','374305c23ece3afc162d7a8f6913f04e6e0b79f216619460df96b08c9825c093','fd4a1164c6369fad2770ad908564f353f2d733e4f439cd3999b31895654ab2de');
INSERT INTO "chain" VALUES(14,'2026-11-26T04:12:07.000000Z','verdict','scota','ac7cc8ccffcec090e2615d26988225d78e3f55eb84e00dfb9cc549aabc3f0133','70fcd7bb17b99517c1203428b879fe69b0e6d8b4534284a62c9b1ecb851cf765');
INSERT INTO "chain" VALUES(15,'2026-11-26T04:12:07.000000Z','reading','','91aced2e631205c938d8751fdf97d7b446cb193cd965ef7b7a8398d252cd2548','313be6a9c543b3acfcdd8779416780fb096d28702501d23f04bff72e06f2cd97');
INSERT INTO "chain" VALUES(16,'2026-11-26T04:12:07.000000Z','day','scota','9bb4095a4ce2ac2d5a20e0ada2edf2e7f3f77da8b3c3adc0758e2bf5e66bc72b','6843242e05082ec92dd5d982289288a0ed3c4fa1a2af849962af3b63c7333357');
INSERT INTO "chain" VALUES(17,'2026-11-26T04:12:07.000000Z','entry','scota','a607a92cff9fb65d774df00f4f1c3b20d98026160d6cc607da9d4342c95fe672','17d27f5752beef3626ab48a64a0b5bac865a038ab55d3b0741809ae5f9081740');
INSERT INTO "chain" VALUES(18,'2026-11-26T04:12:07.000000Z','head','','aff00acc1273bd8acbb911c02e39b738713e27a057f7a8e7056216a51f254028','7831523a46814f3b11ef19594cd1d62bf4e5cda396c7b35225e4c7e7e9f024f4');
INSERT INTO "chain" VALUES(19,'2028-01-03T04:12:07.000000Z','day','scota','f6ee2724a978825ab8c5be3bb0c74c0750da3f02762a6bdc6e09285ed0833ea7','978b340389ae2e9bb60491a7240022fed908bcbd2e4cb0a00e6fccd7ab6904df');
INSERT INTO "chain" VALUES(20,'2028-01-05T04:12:07.000000Z','reading','scota','f8e08c79ba717af637246eee9e7b68ae0633087964ef9d039a5ba0893d62fe21','a7ba1ed36d89f8383bf82c28e8d9a9e9119a1f8b6d41d8d25af3f8c04898c410');
INSERT INTO "chain" VALUES(21,'2028-01-05T04:12:07.000000Z','reading','','c2ff87824bbe9c10a8fc1b6e6f5dbff86f55bb931c334f4acb6db7ad858970b5','3245fd4e6d8200bbb901fb2c6b52e287e85d17f7eb06d0e1db0888b1932a033b');
INSERT INTO "chain" VALUES(22,'2028-01-05T04:12:07.000000Z','reading','','c8042d614ae0c796129ae52260acbabc6e5c0fa9b753f9f855b251131e62d8ba','27f354ec2a5df0e3f432ac027716f7dcf8439ecb98a4e9dbcebe826f03c1a00e');
INSERT INTO "chain" VALUES(23,'2028-01-05T04:12:07.000000Z','reading','','17c19ddaf6e39a5dc48e937e23a83f6b5b273b14e9bbe45e05c52f90bf241edd','0ad9c4f621fa234291330a5d9fc18fbb2a6ace480536038716e1c578973b6707');
INSERT INTO "chain" VALUES(24,'2028-01-05T04:12:07.000000Z','reading','','6259a03b7169435d55992a72332a4bcd92bc8c3105b6549ed7442d1f47a88c41','37e427771bec03599863bcdd9f2b366d7575049ca83024fc713d369ab60d56b5');
INSERT INTO "chain" VALUES(25,'2028-01-05T04:27:07.000000Z','batch','','40132a67fadcadc9e1c1132d85c7efefd5cf2fa97f8b26bf25ade50c4bf51ef3','d199b4f2da6846f5353ebe12ee933e38b96a49bb8fde4b3ddcdb4a9c8e77d0cc');
INSERT INTO "chain" VALUES(26,'2028-01-05T04:42:07.000000Z','batch','','9b414678ca095334d9a7fae3efe4b73ad447c7cb116bc62a7750fd3ad0d9a93a','28858e3f7b5e03f50cac5c4bcda8107f4ca013937abbbbb26ed2d36f739eb10d');
INSERT INTO "chain" VALUES(27,'2028-01-05T04:57:07.000000Z','erasure','','93810dc3646725e40f8f2e04b5c3b48c17c9bad31ad77d42df30a011c6d1a8d6','9c9734c97b70fdabdb3c1ed27314d1d5442a0df9473553e6b9438feff914351c');
CREATE TABLE checkpoint (
	size BIGINT NOT NULL, 
	sequence BIGINT NOT NULL, 
	note TEXT NOT NULL, 
	PRIMARY KEY (size)
);
INSERT INTO "checkpoint" VALUES(1,12,'beffroi/aAY26t1KkPFXrReodkaKIuIb3JuP-_KEKeqZuAyU1po
1
48y95N8810Goy4rD39RANjkuLjxNAgiYbMUeSFB0uYc=

— beffroi/aAY26t1KkPFXrReodkaKIuIb3JuP-_KEKeqZuAyU1po RLXgZU/NOWR+UVVSj14Z5mE3Pu6BsPRrCaeiChSXm8vKqXUgDOTylzTIPf0ze7kjgw4/JFFYrEEXPFGrwlxegKY4IAc=
');
INSERT INTO "checkpoint" VALUES(2,18,'beffroi/aAY26t1KkPFXrReodkaKIuIb3JuP-_KEKeqZuAyU1po
2
xdsNxL024qLarxyp8YvGNKQ+5jlHsVbtghGiQ+oaOos=

— beffroi/aAY26t1KkPFXrReodkaKIuIb3JuP-_KEKeqZuAyU1po RLXgZeneLaIvSemawN6++bg6k9ZzAd+Ef/JXxNA7zQm60Nn6d8e3TfyPe0QGffH0zCjew3Yuf0etC3uf4G1hSwxMKQI=
');
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
INSERT INTO "erased" VALUES(2,27);
INSERT INTO "erased" VALUES(4,27);
INSERT INTO "erased" VALUES(7,27);
INSERT INTO "erased" VALUES(9,27);
INSERT INTO "erased" VALUES(13,27);
INSERT INTO "erased" VALUES(15,27);
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
INSERT INTO "head" VALUES(1,12,'2026-11-24',1,6,'0000000000000000000000000000000000000000000000000000000000000000','05e0e7360d83a3d6fcef5785975a9c4167029120ccf6cb7eeff8844fb1b5b139','Yu8bCTiCT1bhR9WaWpjKR3dCX/4FoY5kB1iMeKu6UFqAY7N5U959jmCRls8WXY7q8hEx23e+hJ8KBpmE5+nGBw==','SHA256:aAY26t1KkPFXrReodkaKIuIb3JuP+/KEKeqZuAyU1po');
INSERT INTO "head" VALUES(2,18,'2026-11-25',7,12,'05e0e7360d83a3d6fcef5785975a9c4167029120ccf6cb7eeff8844fb1b5b139','d425176ea7de1782b6b36162f60cacef5e26a641c73c9ea7a611e91f3ce70b13','TZ1lXHtx0ceoroisu3hOGlzw2O1gNJIfja1Mok0QE4/iTLVbPzaNua8iC1g8XVumIF4pUC6RRWrJiiUcyvqFDA==','SHA256:aAY26t1KkPFXrReodkaKIuIb3JuP+/KEKeqZuAyU1po');
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
INSERT INTO "latest_observation" VALUES('restic_snapshots','web/offsite',22,22,'2028-01-05T04:12:07.000000Z','e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855','{}','{"begun":"2028-01-05T04:12:06.000000Z","collector":"restic_snapshots","ended":"2028-01-05T04:12:07.000000Z","evidence":[{"command":"restic --json --no-lock snapshots","duration":612000,"output_sha256":"5555555555555555555555555555555555555555555555555555555555555555","status":0,"tool_version":"0.18.0"}],"gaps":[],"host":"srv-1","outcome":"observation","subject":"web/offsite"}');
INSERT INTO "latest_observation" VALUES('restic_snapshots','mail/offsite',21,21,'2028-01-05T04:12:07.000000Z','e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855','{}','{"begun":"2028-01-05T04:12:06.000000Z","collector":"restic_snapshots","ended":"2028-01-05T04:12:07.000000Z","evidence":[{"command":"restic --json --no-lock snapshots","duration":612000,"output_sha256":"5555555555555555555555555555555555555555555555555555555555555555","status":0,"tool_version":"0.18.0"}],"gaps":[],"host":"srv-1","outcome":"observation","subject":"mail/offsite"}');
CREATE TABLE latest_reading (
	collector TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	sequence BIGINT NOT NULL, 
	position INTEGER NOT NULL, 
	origin BIGINT NOT NULL, 
	instant TEXT NOT NULL, 
	look TEXT NOT NULL, 
	PRIMARY KEY (collector, subject)
);
INSERT INTO "latest_reading" VALUES('restic_snapshots','files/offsite',20,0,20,'2028-01-05T04:12:07.000000Z','{"begun":"2028-01-05T04:12:06.000000Z","collector":"restic_snapshots","ended":"2028-01-05T04:12:07.000000Z","evidence":[{"command":"restic --json --no-lock snapshots","duration":612000,"output_sha256":"5555555555555555555555555555555555555555555555555555555555555555","status":0,"tool_version":"0.18.0"}],"gaps":[],"host":"srv-1","outcome":"observation","subject":"files/offsite"}');
INSERT INTO "latest_reading" VALUES('restic_snapshots','web/offsite',26,2,22,'2028-01-05T04:42:07.000000Z','{"begun":"2028-01-05T04:42:06.000000Z","collector":"restic_snapshots","ended":"2028-01-05T04:42:07.000000Z","evidence":[{"command":"restic --json --no-lock snapshots","duration":612000,"output_sha256":"5555555555555555555555555555555555555555555555555555555555555555","status":0,"tool_version":"0.18.0"}],"gaps":[],"host":"srv-1","outcome":"observation","subject":"web/offsite"}');
INSERT INTO "latest_reading" VALUES('restic_snapshots','mail/offsite',26,1,21,'2028-01-05T04:42:07.000000Z','{"begun":"2028-01-05T04:42:06.000000Z","collector":"restic_snapshots","ended":"2028-01-05T04:42:07.000000Z","evidence":[{"command":"restic --json --no-lock snapshots","duration":612000,"output_sha256":"5555555555555555555555555555555555555555555555555555555555555555","status":0,"tool_version":"0.18.0"}],"gaps":[],"host":"srv-1","outcome":"observation","subject":"mail/offsite"}');
INSERT INTO "latest_reading" VALUES('restic_snapshots','gone',26,4,24,'2028-01-05T04:42:07.000000Z','{"begun":"2028-01-05T04:41:07.000000Z","collector":"restic_snapshots","detail":"vault does not answer","ended":"2028-01-05T04:42:07.000000Z","evidence":[],"host":"srv-1","outcome":"failure","reason":"unreachable","subject":"gone"}');
INSERT INTO "latest_reading" VALUES('restic_snapshots','dead',26,3,23,'2028-01-05T04:42:07.000000Z','{"begun":"2028-01-05T04:41:07.000000Z","collector":"restic_snapshots","detail":"vault does not answer","ended":"2028-01-05T04:42:07.000000Z","evidence":[],"host":"srv-1","outcome":"failure","reason":"unreachable","subject":"dead"}');
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
CREATE TABLE log_leaf (
	position BIGINT NOT NULL, 
	number BIGINT NOT NULL, 
	text TEXT NOT NULL, 
	seed TEXT NOT NULL, 
	PRIMARY KEY (position)
);
INSERT INTO "log_leaf" VALUES(0,1,'{"day":"2026-11-24","head":"05e0e7360d83a3d6fcef5785975a9c4167029120ccf6cb7eeff8844fb1b5b139","number":1,"root":"808b4e58c56a4ddab3e821ada75d46405fb07b1bcabb85644da750f27829e230"}','9a1608424fcc3083e96967f519ff6a88eb1fb1bdf37b0c2f52263e53024fb70a');
INSERT INTO "log_leaf" VALUES(1,2,'{"day":"2026-11-25","head":"d425176ea7de1782b6b36162f60cacef5e26a641c73c9ea7a611e91f3ce70b13","number":2,"root":"bea9588404f065f71a9c4963f51b5f93d0e19c599d9688f1012c440293fcaf92"}','3033002dbd4715c81a3d23e231f94a3ecb8675f7d16daa7acc023fee75b70b39');
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
INSERT INTO "observed_facts" VALUES('restic_snapshots','web/offsite','');
INSERT INTO "observed_facts" VALUES('restic_snapshots','mail/offsite','');
CREATE TABLE own_tree (
	number BIGINT NOT NULL, 
	beneficiary TEXT NOT NULL, 
	first BIGINT NOT NULL, 
	rows BIGINT NOT NULL, 
	root TEXT NOT NULL, 
	PRIMARY KEY (number, beneficiary)
);
INSERT INTO "own_tree" VALUES(1,'scota',1,5,'8d1abcc3a63e46430c26356c4ab3ded3b19133bab78692b88897b518302c2ee1');
INSERT INTO "own_tree" VALUES(2,'scota',6,4,'9fbcd389b1879d3af717e007c73255e9ed73ffa20e308bcc5f01769d975555dd');
CREATE TABLE payload (
	sequence BIGINT NOT NULL, 
	text TEXT NOT NULL, 
	PRIMARY KEY (sequence)
);
INSERT INTO "payload" VALUES(1,'{"declared":[["backup-rpo","files","scota",null,null]],"digest":"cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc","number":1,"of":1,"salt":"e7293f0a3503f0fc14426a3f3f649d3a","targets":[{"alert_after":null,"attainment":[1,1],"evidence_age":21600000000,"id":"backup-rpo","limit":86400.0,"run_allowance":0,"severity":null,"unit":"seconds"}]}');
INSERT INTO "payload" VALUES(3,'{"salt":"4aca2b84f23f326e696362ca302c7f91","stretch":{"covers_from":"2026-11-24T04:12:07.000000Z","stands_until":"2026-11-24T10:12:07.000000Z","starts":[["2026-11-24T04:12:07.000000Z","met","within-limit"]]},"verdict":{"about":{},"acceptance":null,"at":"2026-11-24T04:12:07.000000Z","day_state":"met","evidence":[],"key":["backup-rpo","files","scota"],"limit":86400.0,"measured":"met","observed_at":"2026-11-24T04:12:07.000000Z","reason":"within-limit","rest":[],"stands_until":"2026-11-24T10:12:07.000000Z","state":"met","unit":"seconds","value":3600.0}}');
INSERT INTO "payload" VALUES(5,'{"day_row":{"day":"2026-11-23","judged_at":"2026-11-24T04:12:07.000000Z","key":["backup-rpo","files","scota"],"late":false,"measured":"met","reason":"within-limit","state":"met"},"salt":"4d4e1540d8f76c446c51302e49f7686a"}');
INSERT INTO "payload" VALUES(6,'{"id":"incident-1","received_at":"2026-11-24T04:12:07.000000Z","register":"incident","revision":1,"salt":"9c826c7bb3683b9a8af2245a84e551d0","values":{"title":"number 0"}}');
INSERT INTO "payload" VALUES(8,'{"salt":"64df5dfb7e00c3a944822c31ef55511a","stretch":{"covers_from":"2026-11-25T04:12:07.000000Z","stands_until":"2026-11-25T10:12:07.000000Z","starts":[["2026-11-25T04:12:07.000000Z","met","within-limit"]]},"verdict":{"about":{},"acceptance":null,"at":"2026-11-25T04:12:07.000000Z","day_state":"met","evidence":[],"key":["backup-rpo","files","scota"],"limit":86400.0,"measured":"met","observed_at":"2026-11-25T04:12:07.000000Z","reason":"within-limit","rest":[],"stands_until":"2026-11-25T10:12:07.000000Z","state":"met","unit":"seconds","value":3600.0}}');
INSERT INTO "payload" VALUES(10,'{"day_row":{"day":"2026-11-24","judged_at":"2026-11-24T04:12:07.000000Z","key":["backup-rpo","files","scota"],"late":false,"measured":"met","reason":"within-limit","state":"met"},"salt":"02aa6a93357eca2718b072024431b890"}');
INSERT INTO "payload" VALUES(11,'{"id":"incident-2","received_at":"2026-11-25T04:12:07.000000Z","register":"incident","revision":1,"salt":"f3ad04bc434199563cf20ff0ef9ba73a","values":{"title":"number 1"}}');
INSERT INTO "payload" VALUES(12,'{"day":"2026-11-24","fingerprint":"SHA256:aAY26t1KkPFXrReodkaKIuIb3JuP+/KEKeqZuAyU1po","first":1,"head":"05e0e7360d83a3d6fcef5785975a9c4167029120ccf6cb7eeff8844fb1b5b139","last":6,"log":{"checkpoint":"beffroi/aAY26t1KkPFXrReodkaKIuIb3JuP-_KEKeqZuAyU1po\n1\n48y95N8810Goy4rD39RANjkuLjxNAgiYbMUeSFB0uYc=\n\n\u2014 beffroi/aAY26t1KkPFXrReodkaKIuIb3JuP-_KEKeqZuAyU1po RLXgZU/NOWR+UVVSj14Z5mE3Pu6BsPRrCaeiChSXm8vKqXUgDOTylzTIPf0ze7kjgw4/JFFYrEEXPFGrwlxegKY4IAc=\n","seed":"9a1608424fcc3083e96967f519ff6a88eb1fb1bdf37b0c2f52263e53024fb70a","trees":[{"beneficiary":"scota","first":1,"root":"8d1abcc3a63e46430c26356c4ab3ded3b19133bab78692b88897b518302c2ee1","rows":5}]},"number":1,"previous":"0000000000000000000000000000000000000000000000000000000000000000","salt":"9b209312496b87d14fefa4d6604bfc8e","signature":"Yu8bCTiCT1bhR9WaWpjKR3dCX/4FoY5kB1iMeKu6UFqAY7N5U959jmCRls8WXY7q8hEx23e+hJ8KBpmE5+nGBw=="}');
INSERT INTO "payload" VALUES(14,'{"salt":"0c6557fea9c29a2de314ba2a83293e27","stretch":{"covers_from":"2026-11-26T04:12:07.000000Z","stands_until":"2026-11-26T10:12:07.000000Z","starts":[["2026-11-26T04:12:07.000000Z","met","within-limit"]]},"verdict":{"about":{},"acceptance":null,"at":"2026-11-26T04:12:07.000000Z","day_state":"met","evidence":[],"key":["backup-rpo","files","scota"],"limit":86400.0,"measured":"met","observed_at":"2026-11-26T04:12:07.000000Z","reason":"within-limit","rest":[],"stands_until":"2026-11-26T10:12:07.000000Z","state":"met","unit":"seconds","value":3600.0}}');
INSERT INTO "payload" VALUES(16,'{"day_row":{"day":"2026-11-25","judged_at":"2026-11-24T04:12:07.000000Z","key":["backup-rpo","files","scota"],"late":false,"measured":"met","reason":"within-limit","state":"met"},"salt":"f35cb755703015eda7cdc389bb0e1664"}');
INSERT INTO "payload" VALUES(17,'{"id":"incident-3","received_at":"2026-11-26T04:12:07.000000Z","register":"incident","revision":1,"salt":"9ffd131dbd01a375b68f499736d5a38c","values":{"title":"number 2"}}');
INSERT INTO "payload" VALUES(18,'{"day":"2026-11-25","fingerprint":"SHA256:aAY26t1KkPFXrReodkaKIuIb3JuP+/KEKeqZuAyU1po","first":7,"head":"d425176ea7de1782b6b36162f60cacef5e26a641c73c9ea7a611e91f3ce70b13","last":12,"log":{"checkpoint":"beffroi/aAY26t1KkPFXrReodkaKIuIb3JuP-_KEKeqZuAyU1po\n2\nxdsNxL024qLarxyp8YvGNKQ+5jlHsVbtghGiQ+oaOos=\n\n\u2014 beffroi/aAY26t1KkPFXrReodkaKIuIb3JuP-_KEKeqZuAyU1po RLXgZeneLaIvSemawN6++bg6k9ZzAd+Ef/JXxNA7zQm60Nn6d8e3TfyPe0QGffH0zCjew3Yuf0etC3uf4G1hSwxMKQI=\n","seed":"3033002dbd4715c81a3d23e231f94a3ecb8675f7d16daa7acc023fee75b70b39","trees":[{"beneficiary":"scota","first":6,"root":"9fbcd389b1879d3af717e007c73255e9ed73ffa20e308bcc5f01769d975555dd","rows":4}]},"number":2,"previous":"05e0e7360d83a3d6fcef5785975a9c4167029120ccf6cb7eeff8844fb1b5b139","salt":"c59e38be428d4aa40c1a0c03ccd80a35","signature":"TZ1lXHtx0ceoroisu3hOGlzw2O1gNJIfja1Mok0QE4/iTLVbPzaNua8iC1g8XVumIF4pUC6RRWrJiiUcyvqFDA=="}');
INSERT INTO "payload" VALUES(19,'{"day_row":{"day":"2028-01-03","judged_at":"2026-11-24T04:12:07.000000Z","key":["backup-rpo","files","scota"],"late":false,"measured":"met","reason":"within-limit","state":"met"},"salt":"5580479bb598e624c9d894790aecc47a"}');
INSERT INTO "payload" VALUES(20,'{"facts_sha256":"7ffd6688a6847a9e2ad4e69c0ccf8ff180aea78f40fdb7e19dd72fd0466c3f14","look":{"begun":"2028-01-05T04:12:06.000000Z","collector":"restic_snapshots","ended":"2028-01-05T04:12:07.000000Z","evidence":[{"command":"restic --json --no-lock snapshots","duration":612000,"output_sha256":"5555555555555555555555555555555555555555555555555555555555555555","status":0,"tool_version":"0.18.0"}],"gaps":[],"host":"srv-1","outcome":"observation","subject":"files/offsite"},"salt":"cffacde1c7830c66fcbf4071d7e95e29","whole":[{"as_of":"2024-01-01T01:00:00.000000Z","name":"backup.point","subject":"files/offsite","value":{"point":{"added_bytes":91000000,"bytes":2350000001,"files":20998,"files_changed":40,"files_new":12,"host":"srv-1","id":"0000000000000000000000000000000000000000000000000000000000000001","original":null,"packed_bytes":60000000,"paths":["/srv/scota"],"tags":[],"time":"2024-01-01T01:00:00.000000Z","tree":"0000000000000000000000000000000000000000000000000000000000000007"}}}]}');
INSERT INTO "payload" VALUES(21,'{"facts_sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","look":{"begun":"2028-01-05T04:12:06.000000Z","collector":"restic_snapshots","ended":"2028-01-05T04:12:07.000000Z","evidence":[{"command":"restic --json --no-lock snapshots","duration":612000,"output_sha256":"5555555555555555555555555555555555555555555555555555555555555555","status":0,"tool_version":"0.18.0"}],"gaps":[],"host":"srv-1","outcome":"observation","subject":"mail/offsite"},"salt":"7e31b5a32d78ad7c5dc52dba89a47f90","whole":[]}');
INSERT INTO "payload" VALUES(22,'{"facts_sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","look":{"begun":"2028-01-05T04:12:06.000000Z","collector":"restic_snapshots","ended":"2028-01-05T04:12:07.000000Z","evidence":[{"command":"restic --json --no-lock snapshots","duration":612000,"output_sha256":"5555555555555555555555555555555555555555555555555555555555555555","status":0,"tool_version":"0.18.0"}],"gaps":[],"host":"srv-1","outcome":"observation","subject":"web/offsite"},"salt":"9e033170d8284831e60419abb0744f88","whole":[]}');
INSERT INTO "payload" VALUES(23,'{"look":{"begun":"2028-01-05T04:11:07.000000Z","collector":"restic_snapshots","detail":"vault does not answer","ended":"2028-01-05T04:12:07.000000Z","evidence":[],"host":"srv-1","outcome":"failure","reason":"unreachable","subject":"dead"},"salt":"9b89504a257f422b0e034287453cc2bc"}');
INSERT INTO "payload" VALUES(24,'{"look":{"begun":"2028-01-05T04:11:07.000000Z","collector":"restic_snapshots","detail":"vault does not answer","ended":"2028-01-05T04:12:07.000000Z","evidence":[],"host":"srv-1","outcome":"failure","reason":"unreachable","subject":"gone"},"salt":"ebf8e5537d709f3e9ad107e8f8b8382c"}');
INSERT INTO "payload" VALUES(25,'{"looks":"eNpdTMsKgEAI/Jc9e7CCiH4lOlRrDwo3yj1F/567FFEqOo4zHqal3m1kygohZg2mGxseaFdOF9tIhOyXBb5Nr8SW7MfstmmYODjSBGIG0svq5f64r8SisMqKAlE9LwilCnFuVkGCMeCZOf5AfV4FkTau","salt":"a46921ae93976849d6b12d0ebea40161"}');
INSERT INTO "payload" VALUES(26,'{"looks":"eNqrVkpKTcsvSlWyijbUAcNYHaXkjMS89NRioBiQk5JYAmbmlebk6KASQNnUvJTUFKCsgQ4YAkXyizLTM/NAOowQJuaXlhSUlkBNLC5IzSsBMqONLSwMDIB6EAwQAqooyc/PBrnIAAx0YLSZARojthYACFk2sg==","salt":"c6cef5ba0ffd9d6607c0b7d41df56167"}');
INSERT INTO "payload" VALUES(27,'{"erased":[[2,2],[4,4],[7,7],[9,9],[13,13],[15,15]],"keep":34560000000000,"numbers":{},"rule":"keep_readings","salt":"8806f1d4de301e9d3a683b93e2877ac1"}');
CREATE TABLE reading_row (
	sequence BIGINT NOT NULL, 
	collector TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	base BIGINT, 
	PRIMARY KEY (sequence)
);
INSERT INTO "reading_row" VALUES(20,'restic_snapshots','files/offsite',20);
INSERT INTO "reading_row" VALUES(21,'restic_snapshots','mail/offsite',21);
INSERT INTO "reading_row" VALUES(22,'restic_snapshots','web/offsite',22);
INSERT INTO "reading_row" VALUES(23,'restic_snapshots','dead',NULL);
INSERT INTO "reading_row" VALUES(24,'restic_snapshots','gone',NULL);
CREATE TABLE schema_version (
	version INTEGER NOT NULL, 
	PRIMARY KEY (version)
);
INSERT INTO "schema_version" VALUES(4);
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
INSERT INTO "tip" VALUES(1,27,'2028-01-05T04:57:07.000000Z','9c9734c97b70fdabdb3c1ed27314d1d5442a0df9473553e6b9438feff914351c');
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
CREATE INDEX day_row_by_day ON day_row (day);
CREATE INDEX day_row_by_sequence ON day_row (sequence);
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
