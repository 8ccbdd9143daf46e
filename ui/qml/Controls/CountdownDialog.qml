// 您还在吗? over the whole screen; any touch goes on.
import QtQuick
import KioskUi

Dialog {
    id: dialog

    required property VisitModel visit

    objectName: "idle-warning"
    veilName: "stay-anywhere"
    onVeilTouched: dialog.visit.touched()

    Words {
        width: parent.width
        horizontalAlignment: Text.AlignHCenter
        text: qsTr("您还在吗？")
        size: Theme.hero
        strong: true
    }
    Words {
        width: parent.width
        horizontalAlignment: Text.AlignHCenter
        text: dialog.visit.countdown
        size: Theme.px(180)
        lineHeight: 1
        strong: true
        color: Theme.primary
    }
    Words {
        width: parent.width
        horizontalAlignment: Text.AlignHCenter
        text: dialog.visit.signedIn ? qsTr("倒计时结束后将清除本次办理的全部信息并返回首页") : qsTr("倒计时结束后将返回首页")
        size: Theme.lead
        soft: true
    }
    TouchButton {
        objectName: "stay"
        anchors.horizontalCenter: parent.horizontalCenter
        width: Math.min(parent.width, Math.max(implicitWidth, Theme.px(520)))
        main: true
        iconName: "task_alt"
        text: qsTr("继续办理")
        onClicked: dialog.visit.touched()
    }
}
