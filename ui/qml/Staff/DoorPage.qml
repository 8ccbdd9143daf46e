// The sign-in: number and PIN on big keys; a lock counts down where it can be seen.
import QtQuick
import Controls
import KioskUi

Item {
    id: door

    required property StaffModel staff
    readonly property bool locked: staff.waitSeconds > 0

    Column {
        x: Theme.portrait ? Theme.px(140) : Theme.margin * 2
        y: Theme.px(Theme.portrait ? 64 : 56)
        width: Theme.portrait ? parent.width - 2 * x : parent.width * 0.46 - x
        spacing: Theme.px(Theme.portrait ? 28 : 22)

        Row {
            spacing: Theme.px(22)

            IconBadge {
                name: "badge"
                size: Theme.px(92)
                colour: Theme.primary
            }
            Words {
                anchors.verticalCenter: parent.verticalCenter
                text: qsTr("工作人员登录")
                size: Theme.title
                strong: true
            }
        }
        DoorField {
            objectName: "field-number"
            width: parent.width
            label: qsTr("工号")
            shown: door.staff.number
            current: door.staff.field === "number" && !door.locked
            onTouched: door.staff.openField("number")
        }
        DoorField {
            objectName: "field-pin"
            width: parent.width
            label: qsTr("PIN 码")
            shown: "●".repeat(door.staff.pinLength)
            current: door.staff.field === "pin" && !door.locked
            onTouched: door.staff.openField("pin")
        }
        Notice {
            objectName: "door-locked"
            visible: door.locked
            width: parent.width
            tone: "bad"
            iconName: "lock"
            text: qsTr("连续输错，暂时锁定")
            next: qsTr("还要等 %1 秒才能再试").arg(door.staff.waitSeconds)
        }
        Notice {
            objectName: "door-message"
            visible: !door.locked && door.staff.message !== ""
            width: parent.width
            tone: "bad"
            text: door.staff.message
            next: door.staff.messageNext
        }
        Words {
            visible: !door.locked && door.staff.message === ""
            width: parent.width
            text: qsTr("仅供本大厅工作人员使用。登录、查看和操作都会记入日志。")
            size: Theme.caption
            soft: true
        }
    }
    PinPad {
        x: Theme.portrait ? Theme.px(140) : parent.width * 0.52
        anchors.bottom: actions.top
        anchors.bottomMargin: Theme.px(20)
        width: Theme.portrait ? parent.width - 2 * x : parent.width * 0.42
        height: Theme.portrait ? Theme.px(620) : actions.y - Theme.px(50)
        enabled: !door.locked && !door.staff.asking
        onTyped: digit => door.staff.digit(digit)
        onErased: door.staff.erase()
    }
    ActionBar {
        id: actions
        x: Theme.margin
        width: parent.width - 2 * Theme.margin
        anchors.bottom: parent.bottom
        backText: qsTr("返回首页")
        leaveVisible: false
        mainText: door.staff.asking ? qsTr("正在核对…") : door.staff.field === "number" && door.staff.pinLength === 0 ? qsTr("下一步") : qsTr("登录")
        mainIcon: door.staff.field === "number" && door.staff.pinLength === 0 ? "arrow_forward" : "lock"
        mainEnabled: !door.locked && !door.staff.asking && door.staff.number !== "" && (door.staff.field === "number" || door.staff.pinLength > 0)
        onBackTouched: door.staff.leave()
        onMainTouched: door.staff.enter()
    }
}
