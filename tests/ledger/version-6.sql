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
INSERT INTO "batch_day" VALUES('restic_snapshots','dead','2028-01-05',30);
INSERT INTO "batch_day" VALUES('restic_snapshots','gone','2028-01-05',30);
INSERT INTO "batch_day" VALUES('restic_snapshots','mail/offsite','2028-01-05',30);
INSERT INTO "batch_day" VALUES('restic_snapshots','web/offsite','2028-01-05',30);
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
INSERT INTO "batch_instant" VALUES('restic_snapshots','mail/offsite',0,30,'2028-01-05T04:42:07.000000Z');
INSERT INTO "batch_instant" VALUES('restic_snapshots','web/offsite',0,30,'2028-01-05T04:42:07.000000Z');
CREATE TABLE batch_row (
	sequence BIGINT NOT NULL, 
	PRIMARY KEY (sequence)
);
INSERT INTO "batch_row" VALUES(29);
INSERT INTO "batch_row" VALUES(30);
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
INSERT INTO "batched_observation" VALUES('restic_snapshots','mail/offsite',30,1,25,'{"begun":"2028-01-05T04:42:06.000000Z","collector":"restic_snapshots","ended":"2028-01-05T04:42:07.000000Z","evidence":[{"command":"restic --json --no-lock snapshots","duration":612000,"output_sha256":"5555555555555555555555555555555555555555555555555555555555555555","status":0,"tool_version":"0.18.0"}],"gaps":[],"host":"srv-1","outcome":"observation","subject":"mail/offsite"}','{"added":[],"redated":null,"removed":[]}');
INSERT INTO "batched_observation" VALUES('restic_snapshots','web/offsite',30,2,26,'{"begun":"2028-01-05T04:42:06.000000Z","collector":"restic_snapshots","ended":"2028-01-05T04:42:07.000000Z","evidence":[{"command":"restic --json --no-lock snapshots","duration":612000,"output_sha256":"5555555555555555555555555555555555555555555555555555555555555555","status":0,"tool_version":"0.18.0"}],"gaps":[],"host":"srv-1","outcome":"observation","subject":"web/offsite"}','{"added":[],"redated":null,"removed":[]}');
CREATE TABLE chain (
	sequence BIGINT NOT NULL, 
	instant TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	beneficiary TEXT NOT NULL, 
	payload_sha256 TEXT NOT NULL, 
	link TEXT NOT NULL, 
	PRIMARY KEY (sequence)
);
INSERT INTO "chain" VALUES(1,'2026-11-24T04:12:07.000000Z','load','scota','fa8af614df356b6268c39ffd625be786a4396dcc33440187a44575032c841e6f','b3d299c1896557ad32c8931667c7e7d3950251a0e129346f7685ea2e6487c0a8');
INSERT INTO "chain" VALUES(2,'2026-11-24T04:12:07.000000Z','reading','scota','9d513715dc8d6c6179d7f519063e920eabd56c722ba9b52f1f01fe9405bb0fe4','4287aead5c6cb1947198459c695422f52d855f5789954772a1babf32cb2979e6');
INSERT INTO "chain" VALUES(3,'2026-11-24T04:12:07.000000Z','verdict','scota','b800f7bb0ab1e3f2e09c4c9a1128db47921df7e6d625f0946bb88058fadbad2c','494bc3eeddc62c4f3990c0a954de4999b542fe935ec330cbc4cefcfd29eb434c');
INSERT INTO "chain" VALUES(4,'2026-11-24T04:12:07.000000Z','reading','','150937d27c8adfa3a9462b901545458d5ab0abb47aab3b909d7955bc3ad6056b','ac5cdffb541a1ee450b634ab6b522da8b53fa1c68ae5f3b76f03b4633b5c5414');
INSERT INTO "chain" VALUES(5,'2026-11-24T04:12:07.000000Z','day','scota','660471ce56f8fb37495b7c339d44c72d497903671c9afef7d48273903cb91d83','a07ec4952344342fcf0a27f6782a8bef4aa53c707b9f183319cf59e5f372c68b');
INSERT INTO "chain" VALUES(6,'2026-11-24T04:12:07.000000Z','entry','scota','f4ecfca95f1ef539c26269a4a92ca6e1a660309cf49ae710f0b55c298aa4de06','ae6f54b02f07077dd29fcb9b3928660399280cee36bc7620041fe4265db9d5b4');
INSERT INTO "chain" VALUES(7,'2026-11-25T04:12:07.000000Z','reading','scota','53b7ee72b1163eecf15e37ad971f334994abbc248dded61b36eb25f55237594d','d8434ce18074f5219037fa2ef3f26f6f73495074f05e5817e99e475b9a7728bc');
INSERT INTO "chain" VALUES(8,'2026-11-25T04:12:07.000000Z','verdict','scota','3fe150f2f10176bb3a3d9a918041747904b62fc917bb969ba4ccece8c38cdf72','71c8d6b6040b8cebcdc98a0dccc5ea7482555570a2d8a86fc687a324ddada29f');
INSERT INTO "chain" VALUES(9,'2026-11-25T04:12:07.000000Z','reading','','40c10de4563c5b98b7f8fd193c071ffb89371f93b5fea2ade8093efe609e86ec','b71c6e12395fd1bc57015f193b97eddebb212db85a7df969e027df846bd42d30');
INSERT INTO "chain" VALUES(10,'2026-11-25T04:12:07.000000Z','day','scota','c386a28c65a2193021a3e72c5250eba3c6cbd41bc4bb7b4c24f8897f94348e7d','5f54235c5c4ab8f7137d0e6be58d68f2a87c1279aca3fefaa1ac69da3dbeb4d1');
INSERT INTO "chain" VALUES(11,'2026-11-25T04:12:07.000000Z','entry','scota','60cdef5d20b9252b5a0851bdaab7b500be05f394a1a4209cb6fabb2a7bb86ffe','d2fe3cda878948e7a9ae31f67dbb2c367bccd960ddd0b75c3bfb2f418f048313');
INSERT INTO "chain" VALUES(12,'2026-11-25T04:12:07.000000Z','head','','341bd8eb3254714ecae7dbed41a8e275151b1a6b45e3e92782c4bbe7d6f0e1ec','ddb48c172796afcecb47950755251cc66dd8deb306da6b7ca072d74c8909562e');
INSERT INTO "chain" VALUES(13,'2026-11-26T04:12:07.000000Z','reading','scota','f99ae86a25a126f2c6e65264ca0d419d18e90bd6ab928c6fdfef616016b233d5','3e607272faeca786e2e6f5c367368c081f3bfb874472216e296c3eb1deabc584');
INSERT INTO "chain" VALUES(14,'2026-11-26T04:12:07.000000Z','verdict','scota','10c8d41e0a6f59a2738198d621e3b5e0a8f1ca7d7c1ff2c973f96e8012128b11','2d5ecbf3323fd7d9bf2caa8ab7a098edf548957544d27b710d7a56306868dec3');
INSERT INTO "chain" VALUES(15,'2026-11-26T04:12:07.000000Z','reading','','106891f61b8d3ebcb6059938f1c9c23e3b000983d5cd14cb7ee353881e0b5d8f','3afc3e67deb11fccd1baf8d323b160f276f8b48116d1572d0a890ca674e55a3d');
INSERT INTO "chain" VALUES(16,'2026-11-26T04:12:07.000000Z','day','scota','02c9b7f49dffce05deb42ab8cfcc6477f1eb5964f1992c3bd1bce8bf462b7415','26cd810229bd8c7e7380d2f83022f4dc0f6989d9bb1aa65c4b8f1cda5701d2a8');
INSERT INTO "chain" VALUES(17,'2026-11-26T04:12:07.000000Z','entry','scota','504d82354006b613be9932f3f7f0b5abe73d7e1f576e294aa6d348da5ce32b97','05ef7226c77e372478334a48f9874b85ad8a675493976a36db99567236f113cb');
INSERT INTO "chain" VALUES(18,'2026-11-26T04:12:07.000000Z','head','','b9839b3802e779b6d13daf5bdd38cd404cc4e17651c9bd2ea525eab4bc12ef15','a037ea51cb92a968b5cf5a2cc65582069530a35950abdcf4f848c99c3372318d');
INSERT INTO "chain" VALUES(19,'2028-01-03T04:12:07.000000Z','days','scota','31f12d6a2947eaaead60d8be75b010abecfc88fdb851e8df2530ade4b6e36a80','0fbc4f147bc3e563d00c36e8f8b82a774d34bacb0e02f8bcd055dfe7a5231716');
INSERT INTO "chain" VALUES(20,'2028-01-04T04:12:07.000000Z','verdict','scota','3a6cb9bad3d0c2cf9cfb57b6bf3f58b8ab8b8827eaa52d9b3885038f6b33453a','ebb222d1f915c730b7e3fc44eda35acaf66226f7841b951ada5a8e6eed316d03');
INSERT INTO "chain" VALUES(21,'2028-01-04T04:12:07.000000Z','verdict','scota','8e8a9224403634df5d931dc9410447147f092bee323d6e138739a44cce40748c','2b902da532d541f0433533b4807576910aa3214be0efe6e9663643a0c0320b6b');
INSERT INTO "chain" VALUES(22,'2028-01-04T04:12:07.000000Z','verdict','scota','342a046ef66e60fe41b6282a2c026edc144646fc64e17bbf09005aad3c9f069f','07c03b497eb56c2d5dba8977edd15dd1a73ff0bf5da44eb806b9529ee4b7c25d');
INSERT INTO "chain" VALUES(23,'2028-01-05T04:12:07.000000Z','verdicts','scota','9a02bb0d184c3bd184a695544af6449b373d074102ad6c188a0d3d51af1ba017','dfbc190a564c330c721b4c51754b9b620cd297e64c6580a6c789b273cd8d4fdc');
INSERT INTO "chain" VALUES(24,'2028-01-05T04:12:07.000000Z','reading','scota','39bded0f6150c18c39c0195003d39241617f9a2d0b0469ed60a8b9a08b817774','5e79c89f123ffb49386e74270bfa1610b045dcaa9ea8ddf56693db7681d9046c');
INSERT INTO "chain" VALUES(25,'2028-01-05T04:12:07.000000Z','reading','','e06333278d3bd9424ebcf747bf3fdd188c5934506e2ebbd0f9388d21dd64e8ce','5dad2e6c3c044ff805154c0b033f4b6c4efb43a17e589ca1e6c1da74da2c5a85');
INSERT INTO "chain" VALUES(26,'2028-01-05T04:12:07.000000Z','reading','','bfb376d530aea8d0c65d6d38b65c81254033e2a5572d0969a030910e6ad5fd71','5d7ab6c69537d0feadaf959317cdbecba62174cd6a44475c13229c545f987006');
INSERT INTO "chain" VALUES(27,'2028-01-05T04:12:07.000000Z','reading','','637668ef21ddba67d15acc795ac73b94830ef2d23d623abf0fda8a2cb87c8505','659842f34bfb4bae6e981adccb460ca3530d28af33351056381030f12b98dc89');
INSERT INTO "chain" VALUES(28,'2028-01-05T04:12:07.000000Z','reading','','17758dda45400731d2f8f2447f36e5a341d22112fc70c13fa16d08069632a0c2','50e39302622c0477c3c52b1990bc414c5a0e97820e0adbf71cc0a424258adca0');
INSERT INTO "chain" VALUES(29,'2028-01-05T04:27:07.000000Z','batch','','5d9bfc8f3e74800363fbb7169967171ebb330c27d249ebdf7b4edc9d1d8b046b','c7b8e094e689c102d7c324ecbe9832057dc881eca8be4484d378e51612fc4b48');
INSERT INTO "chain" VALUES(30,'2028-01-05T04:42:07.000000Z','batch','','bdcd8c4f019de7c89f1baa902faaa82703fc273472435b79dfc93d60148357b3','6ce9b154fc219e72f32d7be663bc4656af3a3531be210beca4d091b84fe6326a');
INSERT INTO "chain" VALUES(31,'2028-01-05T04:57:07.000000Z','erasure','','18f66665cae5c33044846a66a5262579cf461d01e1bf1003e10ac9ae6b20e42b','cea0cbe64b700c8686172f5f6d4d58790e14fbce502ba5a60c783c7b7f919358');
CREATE TABLE checkpoint (
	size BIGINT NOT NULL, 
	sequence BIGINT NOT NULL, 
	note TEXT NOT NULL, 
	PRIMARY KEY (size)
);
INSERT INTO "checkpoint" VALUES(1,12,'beffroi/fcn1ZUODt309Ap-n1Lp6qb-GqK7AfGdwiUv-Wf5axfE
1
ocoCKP6LztRuNvdFe7Y9DMeFLiRD+fRahN4ldbK92fk=

— beffroi/fcn1ZUODt309Ap-n1Lp6qb-GqK7AfGdwiUv-Wf5axfE zodMon6ozJh250gzAZrdyfgXslTItbMsI30zNBuh9bhHJWuRh7u+yTIzy1URQL66W0YfK1rwG59kLDbJipXz8LxkJgY=
');
INSERT INTO "checkpoint" VALUES(2,18,'beffroi/fcn1ZUODt309Ap-n1Lp6qb-GqK7AfGdwiUv-Wf5axfE
2
9WP/+fPWOfPuNpZG55L0ZTJgCqzgINzzH1lawGOzhe8=

— beffroi/fcn1ZUODt309Ap-n1Lp6qb-GqK7AfGdwiUv-Wf5axfE zodMouRADso5/wSqDNmxQTenNl6bu0n0vyuUmk9c7R9RxdRbm7YO2XD+QTQjsNHdP5dvzCnUacRzK4YpbTmsFPjF1g0=
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
)
 WITHOUT ROWID

;
INSERT INTO "day_row" VALUES('backup-rpo','files','scota','2026-11-23',5,'met','met','within-limit',0,'2026-11-24T04:12:07.000000Z');
INSERT INTO "day_row" VALUES('backup-rpo','files','scota','2026-11-24',10,'met','met','within-limit',0,'2026-11-24T04:12:07.000000Z');
INSERT INTO "day_row" VALUES('backup-rpo','files','scota','2026-11-25',16,'met','met','within-limit',0,'2026-11-24T04:12:07.000000Z');
INSERT INTO "day_row" VALUES('backup-rpo','files','scota','2028-01-03',19,'met','met','within-limit',0,'2026-11-24T04:12:07.000000Z');
INSERT INTO "day_row" VALUES('patching','srv-0','scota','2028-01-03',19,'met','met','within-limit',0,'2026-11-24T04:12:07.000000Z');
INSERT INTO "day_row" VALUES('patching','srv-1','scota','2028-01-03',19,'met','met','within-limit',0,'2026-11-24T04:12:07.000000Z');
INSERT INTO "day_row" VALUES('patching','srv-2','scota','2028-01-03',19,'met','met','within-limit',0,'2026-11-24T04:12:07.000000Z');
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
INSERT INTO "erased" VALUES(2,31);
INSERT INTO "erased" VALUES(4,31);
INSERT INTO "erased" VALUES(7,31);
INSERT INTO "erased" VALUES(9,31);
INSERT INTO "erased" VALUES(13,31);
INSERT INTO "erased" VALUES(15,31);
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
INSERT INTO "head" VALUES(1,12,'2026-11-24',1,6,'0000000000000000000000000000000000000000000000000000000000000000','527c2f6f5a9b72e9e4b5126083fdeef9c5660547223f4dc25787bcc51fe0ec8c','wdDptQpRy2nY8L7i8riAuWfB6jecGAZ03u/tfBj9W56/hi58W7RRkpDAvls60IUCHjaTEXPLClPJe71LBiBpCQ==','SHA256:fcn1ZUODt309Ap+n1Lp6qb+GqK7AfGdwiUv+Wf5axfE');
INSERT INTO "head" VALUES(2,18,'2026-11-25',7,12,'527c2f6f5a9b72e9e4b5126083fdeef9c5660547223f4dc25787bcc51fe0ec8c','c21ce537d0feb34d173a2bfa33e754cb08c15ce64e29177e193a18eb19827f26','OgUAQ6oImYOpxlLHMJR+pGqdxwurEZA2LVbJ/Lt7/hmjG0/uRGr1ITpxzVjj1EVv5SNdqAfOBSYNlbt41D3FAA==','SHA256:fcn1ZUODt309Ap+n1Lp6qb+GqK7AfGdwiUv+Wf5axfE');
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
INSERT INTO "latest_observation" VALUES('restic_snapshots','files/offsite',24,24,'2028-01-05T04:12:07.000000Z','7ffd6688a6847a9e2ad4e69c0ccf8ff180aea78f40fdb7e19dd72fd0466c3f14','{}','{"begun":"2028-01-05T04:12:06.000000Z","collector":"restic_snapshots","ended":"2028-01-05T04:12:07.000000Z","evidence":[{"command":"restic --json --no-lock snapshots","duration":612000,"output_sha256":"5555555555555555555555555555555555555555555555555555555555555555","status":0,"tool_version":"0.18.0"}],"gaps":[],"host":"srv-1","outcome":"observation","subject":"files/offsite"}');
INSERT INTO "latest_observation" VALUES('restic_snapshots','mail/offsite',25,25,'2028-01-05T04:12:07.000000Z','e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855','{}','{"begun":"2028-01-05T04:12:06.000000Z","collector":"restic_snapshots","ended":"2028-01-05T04:12:07.000000Z","evidence":[{"command":"restic --json --no-lock snapshots","duration":612000,"output_sha256":"5555555555555555555555555555555555555555555555555555555555555555","status":0,"tool_version":"0.18.0"}],"gaps":[],"host":"srv-1","outcome":"observation","subject":"mail/offsite"}');
INSERT INTO "latest_observation" VALUES('restic_snapshots','web/offsite',26,26,'2028-01-05T04:12:07.000000Z','e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855','{}','{"begun":"2028-01-05T04:12:06.000000Z","collector":"restic_snapshots","ended":"2028-01-05T04:12:07.000000Z","evidence":[{"command":"restic --json --no-lock snapshots","duration":612000,"output_sha256":"5555555555555555555555555555555555555555555555555555555555555555","status":0,"tool_version":"0.18.0"}],"gaps":[],"host":"srv-1","outcome":"observation","subject":"web/offsite"}');
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
INSERT INTO "latest_reading" VALUES('restic_snapshots','files/offsite',24,0,24,'2028-01-05T04:12:07.000000Z','{"begun":"2028-01-05T04:12:06.000000Z","collector":"restic_snapshots","ended":"2028-01-05T04:12:07.000000Z","evidence":[{"command":"restic --json --no-lock snapshots","duration":612000,"output_sha256":"5555555555555555555555555555555555555555555555555555555555555555","status":0,"tool_version":"0.18.0"}],"gaps":[],"host":"srv-1","outcome":"observation","subject":"files/offsite"}');
INSERT INTO "latest_reading" VALUES('restic_snapshots','mail/offsite',30,1,25,'2028-01-05T04:42:07.000000Z','{"begun":"2028-01-05T04:42:06.000000Z","collector":"restic_snapshots","ended":"2028-01-05T04:42:07.000000Z","evidence":[{"command":"restic --json --no-lock snapshots","duration":612000,"output_sha256":"5555555555555555555555555555555555555555555555555555555555555555","status":0,"tool_version":"0.18.0"}],"gaps":[],"host":"srv-1","outcome":"observation","subject":"mail/offsite"}');
INSERT INTO "latest_reading" VALUES('restic_snapshots','web/offsite',30,2,26,'2028-01-05T04:42:07.000000Z','{"begun":"2028-01-05T04:42:06.000000Z","collector":"restic_snapshots","ended":"2028-01-05T04:42:07.000000Z","evidence":[{"command":"restic --json --no-lock snapshots","duration":612000,"output_sha256":"5555555555555555555555555555555555555555555555555555555555555555","status":0,"tool_version":"0.18.0"}],"gaps":[],"host":"srv-1","outcome":"observation","subject":"web/offsite"}');
INSERT INTO "latest_reading" VALUES('restic_snapshots','gone',30,4,28,'2028-01-05T04:42:07.000000Z','{"begun":"2028-01-05T04:41:07.000000Z","collector":"restic_snapshots","detail":"vault does not answer","ended":"2028-01-05T04:42:07.000000Z","evidence":[],"host":"srv-1","outcome":"failure","reason":"unreachable","subject":"gone"}');
INSERT INTO "latest_reading" VALUES('restic_snapshots','dead',30,3,27,'2028-01-05T04:42:07.000000Z','{"begun":"2028-01-05T04:41:07.000000Z","collector":"restic_snapshots","detail":"vault does not answer","ended":"2028-01-05T04:42:07.000000Z","evidence":[],"host":"srv-1","outcome":"failure","reason":"unreachable","subject":"dead"}');
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
INSERT INTO "line" VALUES('patching','srv-0','scota','2028-01-04T04:12:07.000000Z','met','within-limit','2028-01-05T10:12:07.000000Z');
INSERT INTO "line" VALUES('patching','srv-1','scota','2028-01-04T04:12:07.000000Z','met','within-limit','2028-01-05T10:12:07.000000Z');
INSERT INTO "line" VALUES('patching','srv-2','scota','2028-01-04T04:12:07.000000Z','met','within-limit','2028-01-05T10:12:07.000000Z');
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
INSERT INTO "line_start" VALUES('patching','srv-0','scota','2028-01-04T04:12:07.000000Z','met','within-limit');
INSERT INTO "line_start" VALUES('patching','srv-1','scota','2028-01-04T04:12:07.000000Z','met','within-limit');
INSERT INTO "line_start" VALUES('patching','srv-2','scota','2028-01-04T04:12:07.000000Z','met','within-limit');
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
INSERT INTO "log_leaf" VALUES(0,1,'{"bits":24,"day":"2026-11-24","head":"527c2f6f5a9b72e9e4b5126083fdeef9c5660547223f4dc25787bcc51fe0ec8c","number":1,"root":"17398d6dfc41af7180ff73917bb8338e91c7752f08cdaae8957b4ff5ded38822"}','3cbf4f35a30f584c439d392cb094e039b23091f7626a76591caef9bc801cfcb2');
INSERT INTO "log_leaf" VALUES(1,2,'{"bits":24,"day":"2026-11-25","head":"c21ce537d0feb34d173a2bfa33e754cb08c15ce64e29177e193a18eb19827f26","number":2,"root":"00279c003af575375dce13e5dbb21f6541e52dcbb1f7cfe7119ba14c4fde2245"}','f6eedf4209149e97efb4e474bd0265ff7fe6bb945579bc153421f1225e0c95b8');
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
INSERT INTO "observed_facts" VALUES('restic_snapshots','mail/offsite','');
INSERT INTO "observed_facts" VALUES('restic_snapshots','web/offsite','');
CREATE TABLE own_tree (
	number BIGINT NOT NULL, 
	beneficiary TEXT NOT NULL, 
	first BIGINT NOT NULL, 
	rows BIGINT NOT NULL, 
	root TEXT NOT NULL, 
	PRIMARY KEY (number, beneficiary)
);
INSERT INTO "own_tree" VALUES(1,'scota',1,5,'1539a387608c57db37de8f73f7b3ecb98d758222aaaf65bb68b644d2f5ea237e');
INSERT INTO "own_tree" VALUES(2,'scota',6,4,'46b860a53fc4b8120b5ccf86b9dbf278903afeb2fcd75076807ad95820fc6bc3');
CREATE TABLE payload (
	sequence BIGINT NOT NULL, 
	text TEXT NOT NULL, 
	PRIMARY KEY (sequence)
);
INSERT INTO "payload" VALUES(1,'{"declared":[["backup-rpo","files","scota",null,null]],"digest":"cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc","number":1,"of":1,"salt":"c5c672f5f2d97b816f6998b99a21f7e8","targets":[{"alert_after":null,"attainment":[1,1],"evidence_age":21600000000,"id":"backup-rpo","limit":86400.0,"run_allowance":0,"severity":null,"unit":"seconds"}]}');
INSERT INTO "payload" VALUES(3,'{"salt":"c5147837deb18dd840c3daa3f602a05f","stretch":{"covers_from":"2026-11-24T04:12:07.000000Z","stands_until":"2026-11-24T10:12:07.000000Z","starts":[["2026-11-24T04:12:07.000000Z","met","within-limit"]]},"verdict":{"about":{},"acceptance":null,"at":"2026-11-24T04:12:07.000000Z","day_state":"met","evidence":[],"key":["backup-rpo","files","scota"],"limit":86400.0,"measured":"met","observed_at":"2026-11-24T04:12:07.000000Z","reason":"within-limit","rest":[],"stands_until":"2026-11-24T10:12:07.000000Z","state":"met","unit":"seconds","value":3600.0}}');
INSERT INTO "payload" VALUES(5,'{"day_row":{"day":"2026-11-23","judged_at":"2026-11-24T04:12:07.000000Z","key":["backup-rpo","files","scota"],"late":false,"measured":"met","reason":"within-limit","state":"met"},"salt":"14f15a2738210f4cc0231af18632e78c"}');
INSERT INTO "payload" VALUES(6,'{"id":"incident-1","received_at":"2026-11-24T04:12:07.000000Z","register":"incident","revision":1,"salt":"b7dc1ab304c65a4461c3b4c882033d53","values":{"title":"number 0"}}');
INSERT INTO "payload" VALUES(8,'{"salt":"997a971543907afc15d9f39360874672","stretch":{"covers_from":"2026-11-25T04:12:07.000000Z","stands_until":"2026-11-25T10:12:07.000000Z","starts":[["2026-11-25T04:12:07.000000Z","met","within-limit"]]},"verdict":{"about":{},"acceptance":null,"at":"2026-11-25T04:12:07.000000Z","day_state":"met","evidence":[],"key":["backup-rpo","files","scota"],"limit":86400.0,"measured":"met","observed_at":"2026-11-25T04:12:07.000000Z","reason":"within-limit","rest":[],"stands_until":"2026-11-25T10:12:07.000000Z","state":"met","unit":"seconds","value":3600.0}}');
INSERT INTO "payload" VALUES(10,'{"day_row":{"day":"2026-11-24","judged_at":"2026-11-24T04:12:07.000000Z","key":["backup-rpo","files","scota"],"late":false,"measured":"met","reason":"within-limit","state":"met"},"salt":"c037d486b807ab36214de8e6d51ba499"}');
INSERT INTO "payload" VALUES(11,'{"id":"incident-2","received_at":"2026-11-25T04:12:07.000000Z","register":"incident","revision":1,"salt":"2dfd689cb848bca62ad90162479fa07b","values":{"title":"number 1"}}');
INSERT INTO "payload" VALUES(12,'{"day":"2026-11-24","fingerprint":"SHA256:fcn1ZUODt309Ap+n1Lp6qb+GqK7AfGdwiUv+Wf5axfE","first":1,"head":"527c2f6f5a9b72e9e4b5126083fdeef9c5660547223f4dc25787bcc51fe0ec8c","last":6,"log":{"bits":24,"checkpoint":"beffroi/fcn1ZUODt309Ap-n1Lp6qb-GqK7AfGdwiUv-Wf5axfE\n1\nocoCKP6LztRuNvdFe7Y9DMeFLiRD+fRahN4ldbK92fk=\n\n\u2014 beffroi/fcn1ZUODt309Ap-n1Lp6qb-GqK7AfGdwiUv-Wf5axfE zodMon6ozJh250gzAZrdyfgXslTItbMsI30zNBuh9bhHJWuRh7u+yTIzy1URQL66W0YfK1rwG59kLDbJipXz8LxkJgY=\n","seed":"3cbf4f35a30f584c439d392cb094e039b23091f7626a76591caef9bc801cfcb2","trees":[{"beneficiary":"scota","first":1,"root":"1539a387608c57db37de8f73f7b3ecb98d758222aaaf65bb68b644d2f5ea237e","rows":5}]},"number":1,"previous":"0000000000000000000000000000000000000000000000000000000000000000","salt":"63343d553299fb73c45afb91e87107f1","signature":"wdDptQpRy2nY8L7i8riAuWfB6jecGAZ03u/tfBj9W56/hi58W7RRkpDAvls60IUCHjaTEXPLClPJe71LBiBpCQ=="}');
INSERT INTO "payload" VALUES(14,'{"salt":"e4bdd35ceab9b972de3131d8e8a523bf","stretch":{"covers_from":"2026-11-26T04:12:07.000000Z","stands_until":"2026-11-26T10:12:07.000000Z","starts":[["2026-11-26T04:12:07.000000Z","met","within-limit"]]},"verdict":{"about":{},"acceptance":null,"at":"2026-11-26T04:12:07.000000Z","day_state":"met","evidence":[],"key":["backup-rpo","files","scota"],"limit":86400.0,"measured":"met","observed_at":"2026-11-26T04:12:07.000000Z","reason":"within-limit","rest":[],"stands_until":"2026-11-26T10:12:07.000000Z","state":"met","unit":"seconds","value":3600.0}}');
INSERT INTO "payload" VALUES(16,'{"day_row":{"day":"2026-11-25","judged_at":"2026-11-24T04:12:07.000000Z","key":["backup-rpo","files","scota"],"late":false,"measured":"met","reason":"within-limit","state":"met"},"salt":"1176827d99e46f347e93fa1aa2a4835f"}');
INSERT INTO "payload" VALUES(17,'{"id":"incident-3","received_at":"2026-11-26T04:12:07.000000Z","register":"incident","revision":1,"salt":"80e3969d3f6357b0fa1478df352d23c0","values":{"title":"number 2"}}');
INSERT INTO "payload" VALUES(18,'{"day":"2026-11-25","fingerprint":"SHA256:fcn1ZUODt309Ap+n1Lp6qb+GqK7AfGdwiUv+Wf5axfE","first":7,"head":"c21ce537d0feb34d173a2bfa33e754cb08c15ce64e29177e193a18eb19827f26","last":12,"log":{"bits":24,"checkpoint":"beffroi/fcn1ZUODt309Ap-n1Lp6qb-GqK7AfGdwiUv-Wf5axfE\n2\n9WP/+fPWOfPuNpZG55L0ZTJgCqzgINzzH1lawGOzhe8=\n\n\u2014 beffroi/fcn1ZUODt309Ap-n1Lp6qb-GqK7AfGdwiUv-Wf5axfE zodMouRADso5/wSqDNmxQTenNl6bu0n0vyuUmk9c7R9RxdRbm7YO2XD+QTQjsNHdP5dvzCnUacRzK4YpbTmsFPjF1g0=\n","seed":"f6eedf4209149e97efb4e474bd0265ff7fe6bb945579bc153421f1225e0c95b8","trees":[{"beneficiary":"scota","first":6,"root":"46b860a53fc4b8120b5ccf86b9dbf278903afeb2fcd75076807ad95820fc6bc3","rows":4}]},"number":2,"previous":"527c2f6f5a9b72e9e4b5126083fdeef9c5660547223f4dc25787bcc51fe0ec8c","salt":"19955d3db69e19f67bd38c5eecccfecf","signature":"OgUAQ6oImYOpxlLHMJR+pGqdxwurEZA2LVbJ/Lt7/hmjG0/uRGr1ITpxzVjj1EVv5SNdqAfOBSYNlbt41D3FAA=="}');
INSERT INTO "payload" VALUES(19,'{"days":{"day":"2028-01-03","judged_at":"2026-11-24T04:12:07.000000Z","late":false,"measured":"met","reason":"within-limit","state":"met","subjects":{"backup-rpo":["files"],"patching":["srv-0","srv-1","srv-2"]}},"salt":"fc6146f416f22570893c27ce26d04aed"}');
INSERT INTO "payload" VALUES(20,'{"salt":"9dc1f9b51e449b591cf054e058de80d2","stretch":{"covers_from":"2028-01-04T04:12:07.000000Z","stands_until":"2028-01-04T10:12:07.000000Z","starts":[["2028-01-04T04:12:07.000000Z","met","within-limit"]]},"verdict":{"about":{},"acceptance":null,"at":"2028-01-04T04:12:07.000000Z","day_state":"met","evidence":[],"key":["patching","srv-0","scota"],"limit":86400.0,"measured":"met","observed_at":"2028-01-04T04:12:07.000000Z","reason":"within-limit","rest":[],"stands_until":"2028-01-04T10:12:07.000000Z","state":"met","unit":"seconds","value":3600.0}}');
INSERT INTO "payload" VALUES(21,'{"salt":"06286c0edd0b0f4bbc1706e44e122a5b","stretch":{"covers_from":"2028-01-04T04:12:07.000000Z","stands_until":"2028-01-04T10:12:07.000000Z","starts":[["2028-01-04T04:12:07.000000Z","met","within-limit"]]},"verdict":{"about":{},"acceptance":null,"at":"2028-01-04T04:12:07.000000Z","day_state":"met","evidence":[],"key":["patching","srv-1","scota"],"limit":86400.0,"measured":"met","observed_at":"2028-01-04T04:12:07.000000Z","reason":"within-limit","rest":[],"stands_until":"2028-01-04T10:12:07.000000Z","state":"met","unit":"seconds","value":3600.0}}');
INSERT INTO "payload" VALUES(22,'{"salt":"835f7ddd767dfa8cad9f732bfc14edb7","stretch":{"covers_from":"2028-01-04T04:12:07.000000Z","stands_until":"2028-01-04T10:12:07.000000Z","starts":[["2028-01-04T04:12:07.000000Z","met","within-limit"]]},"verdict":{"about":{},"acceptance":null,"at":"2028-01-04T04:12:07.000000Z","day_state":"met","evidence":[],"key":["patching","srv-2","scota"],"limit":86400.0,"measured":"met","observed_at":"2028-01-04T04:12:07.000000Z","reason":"within-limit","rest":[],"stands_until":"2028-01-04T10:12:07.000000Z","state":"met","unit":"seconds","value":3600.0}}');
INSERT INTO "payload" VALUES(23,'{"salt":"c719a67bb89f6fe5f9ec39a6d46b869c","verdicts":"eNrtkcFuwyAMht/F56QiWddVPMdOjaKIgreiJVCBYaqqvPtMO02rNKnddSsHsIz985m/O0KkgKR3II+gfcYQh5fgJ5DQinZdi6YWj89iKZtWiqeFOK0NVNymnIlDcmTHy+JG/FQcKILsuiuqExLv75Z21tWjnSxB388VMJexmgqk2vpUAs4qrXHPHBpBujSOnKGr4EYdBuYh7vl8DrM1eBLp+gre8MAB7BV/inWvhT7kWpRTe1LAJWcwuV4thViIQq1iCmi+FP02Yshohht4Ajd7x2UXU5d8pDPRb7/622jJFVCIqD1LcCKrMfH1w6qQz3N19/82/5u7///a//Zv+t9/AKCeuII="}');
INSERT INTO "payload" VALUES(24,'{"facts_sha256":"7ffd6688a6847a9e2ad4e69c0ccf8ff180aea78f40fdb7e19dd72fd0466c3f14","look":{"begun":"2028-01-05T04:12:06.000000Z","collector":"restic_snapshots","ended":"2028-01-05T04:12:07.000000Z","evidence":[{"command":"restic --json --no-lock snapshots","duration":612000,"output_sha256":"5555555555555555555555555555555555555555555555555555555555555555","status":0,"tool_version":"0.18.0"}],"gaps":[],"host":"srv-1","outcome":"observation","subject":"files/offsite"},"salt":"9bfeae1878372c590daedb095ec875d5","whole":[{"as_of":"2024-01-01T01:00:00.000000Z","name":"backup.point","subject":"files/offsite","value":{"point":{"added_bytes":91000000,"bytes":2350000001,"files":20998,"files_changed":40,"files_new":12,"host":"srv-1","id":"0000000000000000000000000000000000000000000000000000000000000001","original":null,"packed_bytes":60000000,"paths":["/srv/scota"],"tags":[],"time":"2024-01-01T01:00:00.000000Z","tree":"0000000000000000000000000000000000000000000000000000000000000007"}}}]}');
INSERT INTO "payload" VALUES(25,'{"facts_sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","look":{"begun":"2028-01-05T04:12:06.000000Z","collector":"restic_snapshots","ended":"2028-01-05T04:12:07.000000Z","evidence":[{"command":"restic --json --no-lock snapshots","duration":612000,"output_sha256":"5555555555555555555555555555555555555555555555555555555555555555","status":0,"tool_version":"0.18.0"}],"gaps":[],"host":"srv-1","outcome":"observation","subject":"mail/offsite"},"salt":"1bf5f1ecd91cb0fddd84a0e85d9cbd73","whole":[]}');
INSERT INTO "payload" VALUES(26,'{"facts_sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","look":{"begun":"2028-01-05T04:12:06.000000Z","collector":"restic_snapshots","ended":"2028-01-05T04:12:07.000000Z","evidence":[{"command":"restic --json --no-lock snapshots","duration":612000,"output_sha256":"5555555555555555555555555555555555555555555555555555555555555555","status":0,"tool_version":"0.18.0"}],"gaps":[],"host":"srv-1","outcome":"observation","subject":"web/offsite"},"salt":"3bd42e3149971a727f9d66c3af7bcb47","whole":[]}');
INSERT INTO "payload" VALUES(27,'{"look":{"begun":"2028-01-05T04:11:07.000000Z","collector":"restic_snapshots","detail":"vault does not answer","ended":"2028-01-05T04:12:07.000000Z","evidence":[],"host":"srv-1","outcome":"failure","reason":"unreachable","subject":"dead"},"salt":"ff06e9b7d787a204111aa5d4d806f942"}');
INSERT INTO "payload" VALUES(28,'{"look":{"begun":"2028-01-05T04:11:07.000000Z","collector":"restic_snapshots","detail":"vault does not answer","ended":"2028-01-05T04:12:07.000000Z","evidence":[],"host":"srv-1","outcome":"failure","reason":"unreachable","subject":"gone"},"salt":"6952d6d1feea7053b620f631ad7b0c0f"}');
INSERT INTO "payload" VALUES(29,'{"looks":"eNqrVkpKTcsvSlWyijbQAcNYHaXkjMS89NRioBiQk5JYAmbmlebk6KASQNnUvJTUFBTN+UWZ6Zl5IB1GpjqGIAgSLC0pKC2BmlhckJpXAmRGG1tYGBgA9SAYIARUUZKfnw1UYGgABjow2swAjRFbCwAHHTay","salt":"c1bb6dffc28d2199d8958890fc0ff77f"}');
INSERT INTO "payload" VALUES(30,'{"looks":"eNqrVkpKTcsvSlWyijbUAcNYHaXkjMS89NRioBiQk5JYAmbmlebk6KASQNnUvJTUFKCsgQ4YAkXyizLTM/NAOoxM4Sbml5YUlJZATSwuSM0rATKjjS0sDAyAehAMEAKqKMnPzwa5yAAMdGC0mQEaI7YWAAnlNrY=","salt":"686fea1e0235b1f3de133e6fe54b98ad"}');
INSERT INTO "payload" VALUES(31,'{"erased":[[2,2],[4,4],[7,7],[9,9],[13,13],[15,15]],"keep":34560000000000,"numbers":{},"rule":"keep_readings","salt":"4cd92aa3b4be07e269cc1727411e117a"}');
CREATE TABLE reading_row (
	sequence BIGINT NOT NULL, 
	collector TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	base BIGINT, 
	PRIMARY KEY (sequence)
);
INSERT INTO "reading_row" VALUES(24,'restic_snapshots','files/offsite',24);
INSERT INTO "reading_row" VALUES(25,'restic_snapshots','mail/offsite',25);
INSERT INTO "reading_row" VALUES(26,'restic_snapshots','web/offsite',26);
INSERT INTO "reading_row" VALUES(27,'restic_snapshots','dead',NULL);
INSERT INTO "reading_row" VALUES(28,'restic_snapshots','gone',NULL);
CREATE TABLE schema_version (
	version INTEGER NOT NULL, 
	PRIMARY KEY (version)
);
INSERT INTO "schema_version" VALUES(6);
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
INSERT INTO "standing" VALUES('patching','srv-0','scota',23,'2028-01-05','["met","met","met","within-limit",86400.0,null]','2028-01-05T04:12:07.000000Z','{"about":{},"acceptance":null,"at":"2028-01-05T04:12:07.000000Z","day_state":"met","evidence":[],"key":["patching","srv-0","scota"],"limit":86400.0,"measured":"met","observed_at":"2028-01-05T04:12:07.000000Z","reason":"within-limit","rest":[],"stands_until":"2028-01-05T10:12:07.000000Z","state":"met","unit":"seconds","value":3600.0}');
INSERT INTO "standing" VALUES('patching','srv-1','scota',23,'2028-01-05','["met","met","met","within-limit",86400.0,null]','2028-01-05T04:12:07.000000Z','{"about":{},"acceptance":null,"at":"2028-01-05T04:12:07.000000Z","day_state":"met","evidence":[],"key":["patching","srv-1","scota"],"limit":86400.0,"measured":"met","observed_at":"2028-01-05T04:12:07.000000Z","reason":"within-limit","rest":[],"stands_until":"2028-01-05T10:12:07.000000Z","state":"met","unit":"seconds","value":3600.0}');
INSERT INTO "standing" VALUES('patching','srv-2','scota',23,'2028-01-05','["met","met","met","within-limit",86400.0,null]','2028-01-05T04:12:07.000000Z','{"about":{},"acceptance":null,"at":"2028-01-05T04:12:07.000000Z","day_state":"met","evidence":[],"key":["patching","srv-2","scota"],"limit":86400.0,"measured":"met","observed_at":"2028-01-05T04:12:07.000000Z","reason":"within-limit","rest":[],"stands_until":"2028-01-05T10:12:07.000000Z","state":"met","unit":"seconds","value":3600.0}');
CREATE TABLE tip (
	one INTEGER NOT NULL, 
	sequence BIGINT NOT NULL, 
	instant TEXT NOT NULL, 
	link TEXT NOT NULL, 
	PRIMARY KEY (one)
);
INSERT INTO "tip" VALUES(1,31,'2028-01-05T04:57:07.000000Z','cea0cbe64b700c8686172f5f6d4d58790e14fbce502ba5a60c783c7b7f919358');
CREATE TABLE verdict_of_key (
	target TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	beneficiary TEXT NOT NULL, 
	at TEXT NOT NULL, 
	sequence BIGINT NOT NULL, 
	PRIMARY KEY (target, subject, beneficiary, at, sequence)
)
 WITHOUT ROWID

;
INSERT INTO "verdict_of_key" VALUES('backup-rpo','files','scota','2026-11-24T04:12:07.000000Z',3);
INSERT INTO "verdict_of_key" VALUES('backup-rpo','files','scota','2026-11-25T04:12:07.000000Z',8);
INSERT INTO "verdict_of_key" VALUES('backup-rpo','files','scota','2026-11-26T04:12:07.000000Z',14);
INSERT INTO "verdict_of_key" VALUES('patching','srv-0','scota','2028-01-04T04:12:07.000000Z',20);
INSERT INTO "verdict_of_key" VALUES('patching','srv-0','scota','2028-01-05T04:12:07.000000Z',23);
INSERT INTO "verdict_of_key" VALUES('patching','srv-1','scota','2028-01-04T04:12:07.000000Z',21);
INSERT INTO "verdict_of_key" VALUES('patching','srv-1','scota','2028-01-05T04:12:07.000000Z',23);
INSERT INTO "verdict_of_key" VALUES('patching','srv-2','scota','2028-01-04T04:12:07.000000Z',22);
INSERT INTO "verdict_of_key" VALUES('patching','srv-2','scota','2028-01-05T04:12:07.000000Z',23);
CREATE TABLE verdict_row (
	sequence BIGINT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (sequence)
);
INSERT INTO "verdict_row" VALUES(3,'2026-11-24T04:12:07.000000Z');
INSERT INTO "verdict_row" VALUES(8,'2026-11-25T04:12:07.000000Z');
INSERT INTO "verdict_row" VALUES(14,'2026-11-26T04:12:07.000000Z');
INSERT INTO "verdict_row" VALUES(20,'2028-01-04T04:12:07.000000Z');
INSERT INTO "verdict_row" VALUES(21,'2028-01-04T04:12:07.000000Z');
INSERT INTO "verdict_row" VALUES(22,'2028-01-04T04:12:07.000000Z');
INSERT INTO "verdict_row" VALUES(23,'2028-01-05T04:12:07.000000Z');
CREATE INDEX reading_row_by_subject ON reading_row (collector, subject, sequence);
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
