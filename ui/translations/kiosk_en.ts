<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="zh_CN">
<context>
    <name>ClosedScreen</name>
    <message>
        <source>暂停服务</source>
        <translation>Out of service</translation>
    </message>
    <message>
        <source>本机暂时不能办理，请使用旁边的终端</source>
        <translation>This kiosk cannot serve now; please use another one</translation>
    </message>
    <message>
        <source>咨询求助请拨政务服务热线 %1</source>
        <translation>Questions? Call the service hotline %1</translation>
    </message>
</context>
<context>
    <name>AccessBar</name>
    <message>
        <source>标准字</source>
        <translation>Normal text</translation>
    </message>
    <message>
        <source>大字</source>
        <translation>Large</translation>
    </message>
    <message>
        <source>普通配色</source>
        <translation>Normal</translation>
    </message>
    <message>
        <source>高对比</source>
        <translation>Contrast</translation>
    </message>
    <message>
        <source>帮助</source>
        <translation>Help</translation>
    </message>
</context>
<context>
    <name>ActionBar</name>
    <message>
        <source>上一步</source>
        <translation>Back</translation>
    </message>
    <message>
        <source>结束办理</source>
        <translation>Leave</translation>
    </message>
</context>
<context>
    <name>CameraDialog</name>
    <message>
        <source>人像摄像头测试</source>
        <translation>Face camera test</translation>
    </message>
    <message>
        <source>正在等待画面…</source>
        <translation>Waiting for the picture…</translation>
    </message>
    <message>
        <source>没有人脸检测结果，只显示画面</source>
        <translation>No face detection: only the picture is shown</translation>
    </message>
    <message>
        <source>画面只在内存里，不保存、不上传</source>
        <translation>The picture is in memory only; it is neither kept nor sent</translation>
    </message>
    <message>
        <source>关闭画面</source>
        <translation>Close</translation>
    </message>
</context>
<context>
    <name>CancelDialog</name>
    <message>
        <source>撤出这件办件？</source>
        <translation>Cancel this submission?</translation>
    </message>
    <message>
        <source>撤出后不再发送，不能恢复</source>
        <translation>It is not sent any more then, and cannot be put back</translation>
    </message>
    <message>
        <source>为什么撤出？</source>
        <translation>Why?</translation>
    </message>
    <message>
        <source>不撤出</source>
        <translation>Do not cancel</translation>
    </message>
    <message>
        <source>撤出</source>
        <translation>Cancel it</translation>
    </message>
</context>
<context>
    <name>CandidatesBar</name>
    <message>
        <source>本机没有安装拼音，只能输入字母和数字；汉字请到人工窗口办理</source>
        <translation>Pinyin is not installed here: only letters and digits can be typed</translation>
    </message>
    <message>
        <source>输入拼音，再点选汉字，如 zhangwei → 张伟</source>
        <translation>Type pinyin, then touch the characters, e.g. zhangwei → 张伟</translation>
    </message>
    <message>
        <source>正在输入字母</source>
        <translation>Typing letters</translation>
    </message>
    <message>
        <source>没有对应的汉字，请检查拼音；点空格按字母输入</source>
        <translation>No characters for this; check it, or touch Space to write the letters</translation>
    </message>
    <message>
        <source>前面的字</source>
        <translation>Earlier ones</translation>
    </message>
    <message>
        <source>后面的字</source>
        <translation>Further ones</translation>
    </message>
</context>
<context>
    <name>ChineseKeyboard</name>
    <message>
        <source>清空</source>
        <translation>Clear</translation>
    </message>
    <message>
        <source>分词 &apos;</source>
        <translation>Split &apos;</translation>
    </message>
    <message>
        <source>大小写</source>
        <translation>Shift</translation>
    </message>
    <message>
        <source>删除</source>
        <translation>Delete</translation>
    </message>
    <message>
        <source>拼音</source>
        <translation>Pinyin</translation>
    </message>
    <message>
        <source>选第一个</source>
        <translation>Take the first</translation>
    </message>
    <message>
        <source>空格</source>
        <translation>Space</translation>
    </message>
    <message>
        <source>下一项</source>
        <translation>Next field</translation>
    </message>
</context>
<context>
    <name>ConsentScreen</name>
    <message>
        <source>个人信息告知</source>
        <translation>Your personal information</translation>
    </message>
    <message>
        <source>同意并继续</source>
        <translation>Agree and go on</translation>
    </message>
    <message>
        <source>用来做什么</source>
        <translation>What for</translation>
    </message>
    <message>
        <source>只用于办理“%1”，不作他用</source>
        <translation>Only for &quot;%1&quot;, nothing else</translation>
    </message>
    <message>
        <source>用到哪些信息</source>
        <translation>What is used</translation>
    </message>
    <message>
        <source>%1。其他内容读取后立即丢弃</source>
        <translation>%1. Everything else is dropped at once</translation>
    </message>
    <message>
        <source>谁会收到</source>
        <translation>Who receives it</translation>
    </message>
    <message>
        <source>保存多久</source>
        <translation>How long it is kept</translation>
    </message>
    <message>
        <source>加密保存在本机，中心确认收到后清除</source>
        <translation>Encrypted on this kiosk until the centre has it, then wiped</translation>
    </message>
    <message>
        <source>本机不保存，离开时立即清除</source>
        <translation>Not kept here; wiped when you leave</translation>
    </message>
    <message>
        <source>如果不同意</source>
        <translation>If you refuse</translation>
    </message>
    <message>
        <source>点“结束办理”即可离开，不留下任何信息；您仍可到人工窗口办理</source>
        <translation>Touch &quot;Leave&quot;: nothing stays here, and a staffed counter will still help you</translation>
    </message>
    <message>
        <source>我已阅读，同意为办理此事项使用以上信息</source>
        <translation>I have read this and agree to this use of my information</translation>
    </message>
    <message>
        <source>请先点这里打勾，才能继续</source>
        <translation>Please touch here to tick it first, then go on</translation>
    </message>
</context>
<context>
    <name>CountdownDialog</name>
    <message>
        <source>您还在吗？</source>
        <translation>Are you still there?</translation>
    </message>
    <message>
        <source>倒计时结束后将清除本次办理的全部信息并返回首页</source>
        <translation>When this reaches zero, everything of your visit is wiped</translation>
    </message>
    <message>
        <source>倒计时结束后将返回首页</source>
        <translation>When this reaches zero, the first page returns</translation>
    </message>
    <message>
        <source>继续办理</source>
        <translation>Go on</translation>
    </message>
</context>
<context>
    <name>DeviceCard</name>
    <message>
        <source>已持续 %1</source>
        <translation>for %1</translation>
    </message>
    <message>
        <source>测试中</source>
        <translation>Testing</translation>
    </message>
    <message>
        <source>测试</source>
        <translation>Test</translation>
    </message>
    <message>
        <source>测试通过</source>
        <translation>Test passed</translation>
    </message>
    <message>
        <source>测试未通过</source>
        <translation>Test failed</translation>
    </message>
    <message>
        <source>上次故障 %1：%2</source>
        <translation>Last trouble %1: %2</translation>
    </message>
    <message>
        <source>纸张：%1&#x3000;盖板：%2</source>
        <translation>Paper: %1   Cover: %2</translation>
    </message>
</context>
<context>
    <name>DeviceTrouble</name>
    <message>
        <source>%1（%2）</source>
        <translation>%1 (%2)</translation>
    </message>
</context>
<context>
    <name>DevicesPage</name>
    <message>
        <source>一切正常</source>
        <translation>All is well</translation>
    </message>
    <message>
        <source>有 %1 处需要处理</source>
        <translation>To be looked at: %1</translation>
    </message>
    <message>
        <source>未配置：%1</source>
        <translation>Not fitted: %1</translation>
    </message>
</context>
<context>
    <name>DigitPad</name>
    <message>
        <source>删除</source>
        <translation>Delete</translation>
    </message>
    <message>
        <source>清空</source>
        <translation>Clear</translation>
    </message>
    <message>
        <source>下一项</source>
        <translation>Next field</translation>
    </message>
</context>
<context>
    <name>DoorPage</name>
    <message>
        <source>工作人员登录</source>
        <translation>Staff sign-in</translation>
    </message>
    <message>
        <source>工号</source>
        <translation>Staff number</translation>
    </message>
    <message>
        <source>PIN 码</source>
        <translation>PIN</translation>
    </message>
    <message>
        <source>连续输错，暂时锁定</source>
        <translation>Too many wrong tries: locked for now</translation>
    </message>
    <message>
        <source>还要等 %1 秒才能再试</source>
        <translation>Try again in %1 s</translation>
    </message>
    <message>
        <source>仅供本大厅工作人员使用。登录、查看和操作都会记入日志。</source>
        <translation>For this hall&apos;s staff only. Sign-ins, views and actions are logged.</translation>
    </message>
    <message>
        <source>返回首页</source>
        <translation>First page</translation>
    </message>
    <message>
        <source>正在核对…</source>
        <translation>Checking…</translation>
    </message>
    <message>
        <source>下一步</source>
        <translation>Next</translation>
    </message>
    <message>
        <source>登录</source>
        <translation>Sign in</translation>
    </message>
</context>
<context>
    <name>FarewellScreen</name>
    <message>
        <source>返回首页（%1）</source>
        <translation>First page (%1)</translation>
    </message>
    <message>
        <source>返回首页</source>
        <translation>First page</translation>
    </message>
    <message>
        <source>请取走证件、材料和手机</source>
        <translation>Take your card, papers and phone</translation>
    </message>
    <message>
        <source>您的申请中心已经收到</source>
        <translation>The centre has received your application</translation>
    </message>
    <message>
        <source>中心退回了您的申请，改正后可以重新提交</source>
        <translation>The centre sent it back: corrected, it can be submitted again</translation>
    </message>
    <message>
        <source>您的申请由工作人员核对，如不能送达，请凭回执重新申请</source>
        <translation>Staff will look at it; should it not get through, please apply anew</translation>
    </message>
    <message>
        <source>您的申请已加密保存在本机，会自动提交</source>
        <translation>Your application is encrypted here and will be sent by itself</translation>
    </message>
    <message>
        <source>回执编号 %1</source>
        <translation>Receipt no. %1</translation>
    </message>
    <message>
        <source>返回首页时，您的身份信息和填写内容全部清除</source>
        <translation>All you showed and typed is wiped when the first page returns</translation>
    </message>
    <message>
        <source>下一位看不到您办过什么</source>
        <translation>Nobody after you can see what you did</translation>
    </message>
    <message>
        <source>谢谢，再见</source>
        <translation>Thank you and goodbye</translation>
    </message>
</context>
<context>
    <name>FieldRow</name>
    <message>
        <source>%1（可不填）</source>
        <translation>%1 (optional)</translation>
    </message>
    <message>
        <source>点这里填写</source>
        <translation>Touch to fill in</translation>
    </message>
</context>
<context>
    <name>FormScreen</name>
    <message>
        <source>第 %1 页，共 %2 页</source>
        <translation>Page %1 of %2</translation>
    </message>
    <message>
        <source>改好了</source>
        <translation>Changed</translation>
    </message>
    <message>
        <source>下一步</source>
        <translation>Next</translation>
    </message>
    <message>
        <source>返回核对</source>
        <translation>Back to check</translation>
    </message>
    <message>
        <source>上一步</source>
        <translation>Back</translation>
    </message>
</context>
<context>
    <name>GuideScreen</name>
    <message>
        <source>返回首页</source>
        <translation>First page</translation>
    </message>
    <message>
        <source>正在检查设备…</source>
        <translation>Checking the devices…</translation>
    </message>
    <message>
        <source>现在办不了</source>
        <translation>Not possible now</translation>
    </message>
    <message>
        <source>补打回执</source>
        <translation>Print the receipt</translation>
    </message>
    <message>
        <source>开始办理</source>
        <translation>Begin</translation>
    </message>
    <message>
        <source>办结时限</source>
        <translation>Done within</translation>
    </message>
    <message>
        <source>费用</source>
        <translation>Fee</translation>
    </message>
    <message>
        <source>结果送达</source>
        <translation>Delivery</translation>
    </message>
    <message>
        <source>开放时间</source>
        <translation>Hours</translation>
    </message>
    <message>
        <source>谁可以办</source>
        <translation>Who may apply</translation>
    </message>
    <message>
        <source>一次办好这几件事</source>
        <translation>Done in one go</translation>
    </message>
</context>
<context>
    <name>Header</name>
    <message>
        <source>24小时自助服务 · 本机编号 %1</source>
        <translation>24-hour self-service · Kiosk %1</translation>
    </message>
</context>
<context>
    <name>HelpDialog</name>
    <message>
        <source>需要帮助？</source>
        <translation>Need help?</translation>
    </message>
    <message>
        <source>政务服务热线 %1（24小时）</source>
        <translation>Service hotline %1 (24 hours)</translation>
    </message>
    <message>
        <source>请告诉话务员本机编号 %1</source>
        <translation>Tell them the kiosk number: %1</translation>
    </message>
    <message>
        <source>看不清楚：点“大字”或“高对比”。</source>
        <translation>Hard to read? Touch &quot;Large&quot; or &quot;Contrast&quot;.</translation>
    </message>
    <message>
        <source>身份证读不出来：把证件平放在读卡区，停留两秒再拿起；也可以改用手机亮码。</source>
        <translation>Card not read? Lay it flat on the reader, wait two seconds, lift it; or use your phone&apos;s code.</translation>
    </message>
    <message>
        <source>点错了：点“上一步”，已经填写的内容不会丢。</source>
        <translation>Wrong touch? Touch &quot;Back&quot;; nothing you typed is lost.</translation>
    </message>
    <message>
        <source>不想办了：点“结束办理”，您的信息会立即从本机清除。</source>
        <translation>Changed your mind? Touch &quot;Leave&quot; and your details are wiped from this kiosk at once.</translation>
    </message>
    <message>
        <source>知道了</source>
        <translation>Understood</translation>
    </message>
</context>
<context>
    <name>HomeScreen</name>
    <message>
        <source>您好，请点选要办的事</source>
        <translation>Welcome. What do you need?</translation>
    </message>
    <message>
        <source>网络暂时中断，本机现在不收新申请；在本机提交过、没拿到回执的，可以补打</source>
        <translation>The line is down and nothing new is taken; a missing receipt can be printed</translation>
    </message>
    <message>
        <source>网络暂时中断：申请可以照常办，恢复后自动提交；查询和打印请稍后再来</source>
        <translation>The line is down: applications still work and are sent later; enquiries and prints do not</translation>
    </message>
    <message>
        <source>本机暂时不能办理，请使用旁边的终端，或拨打 %1</source>
        <translation>This kiosk cannot serve now; please use another one, or call %1</translation>
    </message>
    <message>
        <source>搜索事项</source>
        <translation>Search services</translation>
    </message>
    <message>
        <source>咨询求助请拨政务服务热线 %1</source>
        <translation>Questions? Call the service hotline %1</translation>
    </message>
    <message>
        <source>当前为示例目录，事项以大厅公布的为准</source>
        <translation>Sample catalogue; what the hall announces is what counts</translation>
    </message>
</context>
<context>
    <name>IdentifyScreen</name>
    <message>
        <source>刷脸之前，请您确认</source>
        <translation>Before your face is compared</translation>
    </message>
    <message>
        <source>刷脸核对</source>
        <translation>Face comparison</translation>
    </message>
    <message>
        <source>此事项需要两种核验：刷身份证，再亮码或刷脸</source>
        <translation>Two proofs are needed: your identity card, then your phone&apos;s code or your face</translation>
    </message>
    <message>
        <source>同意，开始刷脸</source>
        <translation>I agree, begin</translation>
    </message>
    <message>
        <source>还差一步：请亮码或刷脸</source>
        <translation>One more step: your phone&apos;s code or your face</translation>
    </message>
    <message>
        <source>请确认身份</source>
        <translation>Is this you?</translation>
    </message>
    <message>
        <source>请选一种方式核验身份</source>
        <translation>Show who you are</translation>
    </message>
    <message>
        <source>是我，继续</source>
        <translation>That is me, go on</translation>
    </message>
    <message>
        <source>还差一步：请出示手机身份码</source>
        <translation>One more step: show your phone&apos;s code</translation>
    </message>
    <message>
        <source>还差一步：请刷身份证</source>
        <translation>One more step: your identity card</translation>
    </message>
</context>
<context>
    <name>ItemTile</name>
    <message>
        <source>秒批</source>
        <translation>Instant</translation>
    </message>
    <message>
        <source>容缺</source>
        <translation>Papers later</translation>
    </message>
    <message>
        <source>跨域</source>
        <translation>Any region</translation>
    </message>
    <message>
        <source>一件事</source>
        <translation>One go</translation>
    </message>
</context>
<context>
    <name>KioskFacts</name>
    <message>
        <source>与中心的连接</source>
        <translation>Line to the centre</translation>
    </message>
    <message>
        <source>已连接</source>
        <translation>Up</translation>
    </message>
    <message>
        <source>已断开</source>
        <translation>Down</translation>
    </message>
    <message>
        <source>程序已运行</source>
        <translation>Running for</translation>
    </message>
    <message>
        <source>磁盘剩余</source>
        <translation>Free on disk</translation>
    </message>
    <message>
        <source>程序版本 / 目录版本</source>
        <translation>Program / catalogue</translation>
    </message>
</context>
<context>
    <name>LetterPad</name>
    <message>
        <source>清空</source>
        <translation>Clear</translation>
    </message>
    <message>
        <source>删除</source>
        <translation>Delete</translation>
    </message>
</context>
<context>
    <name>LogFilters</name>
    <message>
        <source>只看异常</source>
        <translation>Only trouble</translation>
    </message>
    <message>
        <source>办理 %1</source>
        <translation>Visit %1</translation>
    </message>
</context>
<context>
    <name>LogPage</name>
    <message>
        <source>没有导出：%1</source>
        <translation>Nothing was exported: %1</translation>
    </message>
    <message>
        <source>已导出 %1 行</source>
        <translation>Rows exported: %1</translation>
    </message>
    <message>
        <source>正在读取日志…</source>
        <translation>Reading the log…</translation>
    </message>
    <message>
        <source>没有符合条件的记录</source>
        <translation>Nothing passes these filters</translation>
    </message>
    <message>
        <source>较新</source>
        <translation>Newer</translation>
    </message>
    <message>
        <source>较早</source>
        <translation>Older</translation>
    </message>
</context>
<context>
    <name>MaterialSection</name>
    <message>
        <source>需要什么</source>
        <translation>What you need</translation>
    </message>
    <message>
        <source>身份证和手机身份码（此事项需要两种核验）</source>
        <translation>Identity card and phone code (two proofs)</translation>
    </message>
    <message>
        <source>身份证，或手机身份码</source>
        <translation>Identity card, or phone code</translation>
    </message>
</context>
<context>
    <name>LeaveDialog</name>
    <message>
        <source>要结束办理吗？</source>
        <translation>Leave now?</translation>
    </message>
    <message>
        <source>还没有提交。结束后，填写的内容会全部清除</source>
        <translation>Nothing has been submitted. Whatever you filled in will be wiped</translation>
    </message>
    <message>
        <source>继续办理</source>
        <translation>Go on</translation>
    </message>
    <message>
        <source>结束并清除</source>
        <translation>Leave and wipe it</translation>
    </message>
</context>
<context>
    <name>MishapDialog</name>
    <message>
        <source>很抱歉</source>
        <translation>We are sorry</translation>
    </message>
    <message>
        <source>知道了</source>
        <translation>Understood</translation>
    </message>
</context>
<context>
    <name>OptionsDialog</name>
    <message>
        <source>时间范围</source>
        <translation>Time</translation>
    </message>
    <message>
        <source>事件</source>
        <translation>Event</translation>
    </message>
    <message>
        <source>设备</source>
        <translation>Device</translation>
    </message>
    <message>
        <source>关闭</source>
        <translation>Close</translation>
    </message>
</context>
<context>
    <name>OutcomeBanner</name>
    <message>
        <source>已暂存，还没有受理</source>
        <translation>Stored here, not yet accepted</translation>
    </message>
    <message>
        <source>已受理</source>
        <translation>Accepted</translation>
    </message>
    <message>
        <source>秒批通过</source>
        <translation>Approved at once</translation>
    </message>
    <message>
        <source>秒批未通过</source>
        <translation>Not approved</translation>
    </message>
    <message>
        <source>需要改正后再提交</source>
        <translation>Please correct and submit again</translation>
    </message>
    <message>
        <source>已暂存，等待人工核对</source>
        <translation>Stored here, waits for a person</translation>
    </message>
    <message>
        <source>没有保存成功</source>
        <translation>Not stored</translation>
    </message>
    <message>
        <source>查询成功</source>
        <translation>Found</translation>
    </message>
    <message>
        <source>没有查到记录</source>
        <translation>No record found</translation>
    </message>
    <message>
        <source>部门暂时没有答复</source>
        <translation>No answer from the department</translation>
    </message>
    <message>
        <source>您的申请已加密保存在本机，中心收到后才算受理</source>
        <translation>It is encrypted on this kiosk; it counts as accepted once the centre has it</translation>
    </message>
    <message>
        <source>中心已经收到您的申请</source>
        <translation>The centre has received your application</translation>
    </message>
    <message>
        <source>符合全部条件，已当场办结</source>
        <translation>All conditions are met; it is done</translation>
    </message>
    <message>
        <source>有条件不符合，见下方说明</source>
        <translation>A condition is not met; see below</translation>
    </message>
    <message>
        <source>中心看过您的申请，请按下面的清单改正</source>
        <translation>The centre has looked at it; please correct what is listed below</translation>
    </message>
    <message>
        <source>。</source>
        <translation>. </translation>
    </message>
    <message>
        <source>可以打印了</source>
        <translation>Ready to print</translation>
    </message>
    <message>
        <source>%1，可先看下面的内容</source>
        <translation>%1; what it says is below</translation>
    </message>
    <message>
        <source>以下是部门保存的信息</source>
        <translation>This is what the department holds</translation>
    </message>
    <message>
        <source>受理编号 %1</source>
        <translation>Acceptance no. %1</translation>
    </message>
    <message>
        <source>回执编号 %1</source>
        <translation>Receipt no. %1</translation>
    </message>
</context>
<context>
    <name>OutcomeScreen</name>
    <message>
        <source>补打回执</source>
        <translation>Print the receipt</translation>
    </message>
    <message>
        <source>打印</source>
        <translation>Print</translation>
    </message>
    <message>
        <source>打印回执</source>
        <translation>Print the receipt</translation>
    </message>
    <message>
        <source>修改后重新提交</source>
        <translation>Correct it and submit again</translation>
    </message>
    <message>
        <source>返回重试</source>
        <translation>Back to try again</translation>
    </message>
    <message>
        <source>再查一次</source>
        <translation>Ask again</translation>
    </message>
    <message>
        <source>完成</source>
        <translation>Done</translation>
    </message>
    <message>
        <source>请改正这些地方</source>
        <translation>Please correct these</translation>
    </message>
    <message>
        <source>依据这些规则决定</source>
        <translation>Decided by these rules</translation>
    </message>
    <message>
        <source>接下来</source>
        <translation>What comes next</translation>
    </message>
    <message>
        <source>会自动提交，不需要您再来一次</source>
        <translation>It is sent by itself; you need not return</translation>
    </message>
    <message>
        <source>凭回执上的二维码或编号可查进度</source>
        <translation>Follow it with the receipt&apos;s code or number</translation>
    </message>
    <message>
        <source>承诺办结日期：%1</source>
        <translation>Promised by %1</translation>
    </message>
    <message>
        <source>结果送达：%1</source>
        <translation>Delivery: %1</translation>
    </message>
    <message>
        <source>请在 %1 前补交：%2</source>
        <translation>Bring by %1: %2</translation>
    </message>
    <message>
        <source>申请仍保存在本机，由工作人员核对处理</source>
        <translation>It stays on this kiosk; staff will look at it</translation>
    </message>
    <message>
        <source>如不能送达，请凭回执重新申请</source>
        <translation>Should it not get through, please apply anew with the receipt</translation>
    </message>
    <message>
        <source>凭回执编号可拨打 12345 查询</source>
        <translation>Call 12345 with the receipt number</translation>
    </message>
    <message>
        <source>对结果有疑问，可到人工窗口申请复核</source>
        <translation>You may ask for a review at a staffed counter</translation>
    </message>
    <message>
        <source>核验码：%1</source>
        <translation>Check code: %1</translation>
    </message>
</context>
<context>
    <name>Page</name>
    <message>
        <source>本次办理时间快到了，请尽快完成</source>
        <translation>Your time is nearly over; please finish soon</translation>
    </message>
</context>
<context>
    <name>PageTurner</name>
    <message>
        <source>向上看</source>
        <translation>Up</translation>
    </message>
    <message>
        <source>下面还有</source>
        <translation>More below</translation>
    </message>
</context>
<context>
    <name>PersonCard</name>
    <message>
        <source>您好，%1</source>
        <translation>Hello, %1</translation>
    </message>
    <message>
        <source>别忘了取走您的证件</source>
        <translation>Do not forget your card</translation>
    </message>
    <message>
        <source>不是我</source>
        <translation>Not me</translation>
    </message>
</context>
<context>
    <name>PinPad</name>
    <message>
        <source>删除</source>
        <translation>Delete</translation>
    </message>
</context>
<context>
    <name>PracticeBanner</name>
    <message>
        <source>练习模式：设备是模拟的，办理的事项不会真的生效</source>
        <translation>Practice: devices are emulated and nothing done here is real</translation>
    </message>
</context>
<context>
    <name>ProgressSteps</name>
    <message>
        <source>须知</source>
        <translation>Guide</translation>
    </message>
    <message>
        <source>身份</source>
        <translation>Identity</translation>
    </message>
    <message>
        <source>填写</source>
        <translation>Form</translation>
    </message>
    <message>
        <source>确认</source>
        <translation>Check</translation>
    </message>
    <message>
        <source>结果</source>
        <translation>Result</translation>
    </message>
</context>
<context>
    <name>QueueCard</name>
    <message>
        <source>暂存于 %1</source>
        <translation>Kept %1</translation>
    </message>
    <message>
        <source>，已等 %1</source>
        <translation>, waiting %1</translation>
    </message>
    <message>
        <source>，发送过 %1 次</source>
        <translation>, tries: %1</translation>
    </message>
    <message>
        <source>，下次 %1</source>
        <translation>, next %1</translation>
    </message>
    <message>
        <source>，了结于 %1</source>
        <translation>, settled %1</translation>
    </message>
    <message>
        <source>立即重发</source>
        <translation>Send now</translation>
    </message>
    <message>
        <source>撤出</source>
        <translation>Cancel</translation>
    </message>
</context>
<context>
    <name>QueuePage</name>
    <message>
        <source>没有导出：%1</source>
        <translation>Nothing was exported: %1</translation>
    </message>
    <message>
        <source>编号见 kiosk queue match，或中心管理台</source>
        <translation>`kiosk queue match` and the centre's console name the submissions</translation>
    </message>
    <message>
        <source>正在读取暂存队列…</source>
        <translation>Reading the queue…</translation>
    </message>
    <message>
        <source>未送达</source>
        <translation>Undelivered</translation>
    </message>
    <message>
        <source>最久已等</source>
        <translation>Oldest waits</translation>
    </message>
    <message>
        <source>待发送</source>
        <translation>Waiting</translation>
    </message>
    <message>
        <source>需人工处理</source>
        <translation>Need a person</translation>
    </message>
    <message>
        <source>累计暂存</source>
        <translation>Kept in all</translation>
    </message>
    <message>
        <source>中心已确认</source>
        <translation>Acknowledged</translation>
    </message>
    <message>
        <source>已退回</source>
        <translation>Rejected</translation>
    </message>
    <message>
        <source>已撤出</source>
        <translation>Cancelled</translation>
    </message>
    <message>
        <source>已排到最前，马上重新发送</source>
        <translation>Put to the front; it is sent at once</translation>
    </message>
    <message>
        <source>已排到最前，正在试连中心，连上后马上发送</source>
        <translation>Put to the front; the centre is being tried, and it is sent once the centre answers</translation>
    </message>
    <message>
        <source>已撤出，不再发送</source>
        <translation>Cancelled: it is not sent any more</translation>
    </message>
    <message>
        <source>已导出 %1 件，内容仍加密</source>
        <translation>Submissions exported: %1, still encrypted</translation>
    </message>
    <message>
        <source>；%1 件已读不出来</source>
        <translation>; cannot be read any more: %1</translation>
    </message>
    <message>
        <source>%1，%2 天后自动删除</source>
        <translation>%1; deleted after %2 days</translation>
    </message>
    <message>
        <source>导出未送达的办件</source>
        <translation>Export what is undelivered</translation>
    </message>
    <message>
        <source>本机没有暂存的办件</source>
        <translation>Nothing is kept here</translation>
    </message>
</context>
<context>
    <name>RatingScreen</name>
    <message>
        <source>请评价这次服务</source>
        <translation>How was it?</translation>
    </message>
    <message>
        <source>自愿评价，不记录您是谁；%1 秒后自动跳过</source>
        <translation>Voluntary, and not linked to you; skipped in %1 s</translation>
    </message>
    <message>
        <source>跳过</source>
        <translation>Skip</translation>
    </message>
    <message>
        <source>非常不满意</source>
        <translation>Very poor</translation>
    </message>
    <message>
        <source>不满意</source>
        <translation>Poor</translation>
    </message>
    <message>
        <source>基本满意</source>
        <translation>Fair</translation>
    </message>
    <message>
        <source>满意</source>
        <translation>Good</translation>
    </message>
    <message>
        <source>非常满意</source>
        <translation>Very good</translation>
    </message>
</context>
<context>
    <name>ReceiptScreen</name>
    <message>
        <source>正在打印</source>
        <translation>Printing</translation>
    </message>
    <message>
        <source>没有打印出来</source>
        <translation>It was not printed</translation>
    </message>
    <message>
        <source>请取走打印件</source>
        <translation>Take your document</translation>
    </message>
    <message>
        <source>刚才的回执在出纸口；图中是新回执，还没有打印</source>
        <translation>The first receipt is in the tray; the picture is the new one, not printed yet</translation>
    </message>
    <message>
        <source>在出纸口，请核对后收好</source>
        <translation>It is in the tray; please check it and keep it</translation>
    </message>
    <message>
        <source>%1；可先拍照留存，稍后再打印，或换一台自助机打印</source>
        <translation>%1. Photograph it for now; for paper, print again later or at another kiosk</translation>
    </message>
    <message>
        <source>扫这个二维码可核验内容</source>
        <translation>Scan this code to verify it</translation>
    </message>
    <message>
        <source>请用手机拍下回执</source>
        <translation>Photograph your receipt</translation>
    </message>
    <message>
        <source>请取走回执</source>
        <translation>Take your receipt</translation>
    </message>
    <message>
        <source>正在打印回执</source>
        <translation>Printing your receipt</translation>
    </message>
    <message>
        <source>%1，没有打印出来；屏幕上的回执同样有效</source>
        <translation>%1, so it was not printed; the receipt on the screen is just as valid</translation>
    </message>
    <message>
        <source>回执在出纸口，请核对后收好</source>
        <translation>It is in the tray; please check it and keep it</translation>
    </message>
    <message>
        <source>请稍候</source>
        <translation>One moment</translation>
    </message>
    <message>
        <source>正在打印…</source>
        <translation>Printing…</translation>
    </message>
    <message>
        <source>完成</source>
        <translation>Done</translation>
    </message>
    <message>
        <source>中心刚刚受理了：%1</source>
        <translation>Just accepted: %1</translation>
    </message>
    <message>
        <source>中心刚刚有了答复</source>
        <translation>The centre has just answered</translation>
    </message>
    <message>
        <source>可以再打印一张新的回执</source>
        <translation>You can print a new receipt</translation>
    </message>
    <message>
        <source>屏幕上已是新的回执</source>
        <translation>The screen shows the new receipt</translation>
    </message>
    <message>
        <source>打印新回执</source>
        <translation>Print the new receipt</translation>
    </message>
    <message>
        <source>再打印一次</source>
        <translation>Print again</translation>
    </message>
    <message>
        <source>拍下这个二维码和编号就够了</source>
        <translation>A photo of this code and number is enough</translation>
    </message>
    <message>
        <source>拍下这个二维码就够了</source>
        <translation>A photo of this code is enough</translation>
    </message>
</context>
<context>
    <name>ReviewLine</name>
    <message>
        <source>修改</source>
        <translation>Change</translation>
    </message>
    <message>
        <source>（未填）</source>
        <translation>(empty)</translation>
    </message>
</context>
<context>
    <name>MaterialsScreen</name>
    <message>
        <source>拍好了：%1</source>
        <translation>Captured: %1</translation>
    </message>
    <message>
        <source>不再拍了</source>
        <translation>No more pages</translation>
    </message>
    <message>
        <source>请拍摄：%1</source>
        <translation>Capture: %1</translation>
    </message>
    <message>
        <source>第 %1 份，共 %2 份。把纸放平在高拍仪下，四边都露出来，手拿开</source>
        <translation>Paper %1 of %2. Lay it flat under the camera, all four edges in view, hands away</translation>
    </message>
    <message>
        <source>请看清楚字，满意就进入下一步</source>
        <translation>Check that you can read it, then go on</translation>
    </message>
    <message>
        <source>下一份</source>
        <translation>Next paper</translation>
    </message>
    <message>
        <source>下一步</source>
        <translation>Next</translation>
    </message>
    <message>
        <source>正在拍摄，请别动…</source>
        <translation>Capturing, please hold still…</translation>
    </message>
    <message>
        <source>拍摄</source>
        <translation>Capture</translation>
    </message>
    <message>
        <source>正在等待画面…</source>
        <translation>Waiting for the picture…</translation>
    </message>
    <message>
        <source>已拍 %1 页</source>
        <translation>%1 captured</translation>
    </message>
    <message>
        <source>放好了，可以拍摄</source>
        <translation>It lies well: you can capture it</translation>
    </message>
    <message>
        <source>正在看纸张放得怎么样…</source>
        <translation>Looking at how the sheet lies…</translation>
    </message>
    <message>
        <source>画面只在本次办理中使用；不办了就立即清除</source>
        <translation>Used for this application only; wiped at once if you leave</translation>
    </message>
    <message>
        <source>还有反面或下一页，请再拍一页</source>
        <translation>Is there a back or another page? Add it</translation>
    </message>
    <message>
        <source>再拍一页</source>
        <translation>Add a page</translation>
    </message>
    <message>
        <source>重拍这一页</source>
        <translation>Retake this page</translation>
    </message>
    <message>
        <source>没带，以后补交</source>
        <translation>Not with me: bring it later</translation>
    </message>
</context>
<context>
    <name>ReviewScreen</name>
    <message>
        <source>还没有拍摄：%1</source>
        <translation>Not captured yet: %1</translation>
    </message>
    <message>
        <source>这份材料必须现在拍，请点它旁边的“修改”</source>
        <translation>This paper must be captured now: touch Change beside it</translation>
    </message>
    <message>
        <source>请核对后提交</source>
        <translation>Check and submit</translation>
    </message>
    <message>
        <source>%1 · 提交给%2</source>
        <translation>%1 · goes to %2</translation>
    </message>
    <message>
        <source>提交</source>
        <translation>Submit</translation>
    </message>
    <message>
        <source>申请人</source>
        <translation>Applicant</translation>
    </message>
    <message>
        <source>姓名</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>证件号码</source>
        <translation>Document no.</translation>
    </message>
    <message>
        <source>可以后补的材料：%1</source>
        <translation>These may follow later: %1</translation>
    </message>
    <message>
        <source>、</source>
        <translation>, </translation>
    </message>
    <message>
        <source>请在 %1 前补交；逾期未补，本次申请将按撤回处理</source>
        <translation>Bring them by %1, or the application counts as withdrawn</translation>
    </message>
    <message>
        <source>容缺承诺：我会按时补交以上材料</source>
        <translation>I promise to bring these papers in time</translation>
    </message>
    <message>
        <source>请先点这里打勾，才能提交</source>
        <translation>Please touch here to tick it first, then submit</translation>
    </message>
</context>
<context>
    <name>SearchScreen</name>
    <message>
        <source>搜索事项</source>
        <translation>Search services</translation>
    </message>
    <message>
        <source>返回首页</source>
        <translation>First page</translation>
    </message>
    <message>
        <source>输入拼音或首字母，如 GJJ（公积金）</source>
        <translation>Type pinyin, initials or English</translation>
    </message>
    <message>
        <source>没有找到。请少输几个字母，或返回首页按专区查找。</source>
        <translation>Nothing found. Try fewer letters, or look in the zones.</translation>
    </message>
    <message>
        <source>大家常办</source>
        <translation>Most used</translation>
    </message>
    <message>
        <source>找到这些</source>
        <translation>Found</translation>
    </message>
</context>
<context>
    <name>StaffScreen</name>
    <message>
        <source>返回日志</source>
        <translation>Back to the log</translation>
    </message>
    <message>
        <source>退出登录</source>
        <translation>Sign out</translation>
    </message>
    <message>
        <source>刷新</source>
        <translation>Refresh</translation>
    </message>
    <message>
        <source>测试全部设备</source>
        <translation>Test all devices</translation>
    </message>
    <message>
        <source>导出 CSV</source>
        <translation>Export CSV</translation>
    </message>
    <message>
        <source>正在导出…</source>
        <translation>Exporting…</translation>
    </message>
</context>
<context>
    <name>StaffTabs</name>
    <message>
        <source>管理人员</source>
        <translation>Manager</translation>
    </message>
    <message>
        <source>技术人员</source>
        <translation>Technician</translation>
    </message>
    <message>
        <source>工号 %1</source>
        <translation>Staff no. %1</translation>
    </message>
    <message>
        <source>设备</source>
        <translation>Devices</translation>
    </message>
    <message>
        <source>暂存队列</source>
        <translation>Queue</translation>
    </message>
    <message>
        <source>日志</source>
        <translation>Log</translation>
    </message>
</context>
<context>
    <name>SubmitScreen</name>
    <message>
        <source>正在查询</source>
        <translation>Asking</translation>
    </message>
    <message>
        <source>正在提交</source>
        <translation>Submitting</translation>
    </message>
    <message>
        <source>正在向部门查询，请稍候</source>
        <translation>Asking the department, one moment</translation>
    </message>
    <message>
        <source>已安全保存在本机，不会丢失</source>
        <translation>Safely stored here; it cannot be lost</translation>
    </message>
    <message>
        <source>正在保存您的申请</source>
        <translation>Storing your application</translation>
    </message>
    <message>
        <source>正在等候中心答复，一般几秒钟</source>
        <translation>Waiting for the centre, usually a few seconds</translation>
    </message>
    <message>
        <source>请勿离开</source>
        <translation>Please stay</translation>
    </message>
</context>
<context>
    <name>TimelinePage</name>
    <message>
        <source>正在读取…</source>
        <translation>Reading…</translation>
    </message>
    <message>
        <source>日志里没有这次办理</source>
        <translation>The log has no such visit</translation>
    </message>
    <message>
        <source>一次办理 %1</source>
        <translation>Visit %1</translation>
    </message>
    <message>
        <source>开始</source>
        <translation>Began</translation>
    </message>
    <message>
        <source>用时</source>
        <translation>Lasted</translation>
    </message>
    <message>
        <source>怎样结束</source>
        <translation>Ended</translation>
    </message>
    <message>
        <source>异常</source>
        <translation>Trouble</translation>
    </message>
</context>
<context>
    <name>WayCard</name>
    <message>
        <source>已核验</source>
        <translation>Checked</translation>
    </message>
</context>
<context>
    <name>WaysGrid</name>
    <message>
        <source>点这里，与证件照片比对</source>
        <translation>Touch here: compared with the photograph on your card</translation>
    </message>
    <message>
        <source>身份证或社保卡</source>
        <translation>ID or social security card</translation>
    </message>
    <message>
        <source>刷社保卡</source>
        <translation>Social security card</translation>
    </message>
    <message>
        <source>身份证平放；社保卡芯片朝上插入，不用密码</source>
        <translation>Lay the ID card flat, or insert the social security card chip up; no PIN</translation>
    </message>
    <message>
        <source>芯片朝上插入卡槽，不用密码，读完再取出</source>
        <translation>Into the slot, chip up; no PIN. Take it out when it has been read</translation>
    </message>
    <message>
        <source>刷身份证</source>
        <translation>Identity card</translation>
    </message>
    <message>
        <source>把证件平放在读卡区，停留两秒再拿起</source>
        <translation>Lay it flat on the reader, wait two seconds, then lift it</translation>
    </message>
    <message>
        <source>正在等候证件</source>
        <translation>Waiting for a card</translation>
    </message>
    <message>
        <source>手机亮码</source>
        <translation>Phone code</translation>
    </message>
    <message>
        <source>打开手机上的身份码，对准扫码窗口</source>
        <translation>Open your identity code and hold it before the scanner</translation>
    </message>
    <message>
        <source>正在核验身份码…</source>
        <translation>Checking the code…</translation>
    </message>
    <message>
        <source>正在等候身份码</source>
        <translation>Waiting for a code</translation>
    </message>
    <message>
        <source>刷脸</source>
        <translation>Face</translation>
    </message>
</context>
<context>
    <name>ZoneScreen</name>
    <message>
        <source>请选择要办的事项</source>
        <translation>Choose what you need</translation>
    </message>
    <message>
        <source>返回首页</source>
        <translation>First page</translation>
    </message>
    <message>
        <source>搜索全部事项</source>
        <translation>Search all services</translation>
    </message>
</context>
<context>
    <name>FacePanel</name>
    <message>
        <source>只和您刚才那张证件上的照片比对一次</source>
        <translation>Compared once, with the photograph on the card you have just shown</translation>
    </message>
    <message>
        <source>画面只在本机内存里，比完马上清除，不保存、不上传</source>
        <translation>The picture stays in this machine&apos;s memory, is wiped at once, never stored or sent</translation>
    </message>
    <message>
        <source>不愿意刷脸也可以：用手机亮码同样能办</source>
        <translation>You need not: your phone&apos;s code does just as well</translation>
    </message>
    <message>
        <source>不刷脸，用其他方式</source>
        <translation>No, another way</translation>
    </message>
    <message>
        <source>正在等待画面…</source>
        <translation>Waiting for the picture…</translation>
    </message>
    <message>
        <source>请慢慢向左转头</source>
        <translation>Turn your head left, slowly</translation>
    </message>
    <message>
        <source>请慢慢向右转头</source>
        <translation>Turn your head right, slowly</translation>
    </message>
    <message>
        <source>请正对屏幕</source>
        <translation>Look straight at the screen</translation>
    </message>
    <message>
        <source>已完成 %1 / %2</source>
        <translation>%1 of %2 done</translation>
    </message>
    <message>
        <source>停止，用其他方式</source>
        <translation>Stop, another way</translation>
    </message>
</context>
</TS>
