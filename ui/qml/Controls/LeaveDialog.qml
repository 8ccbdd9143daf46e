// 结束办理 lies beside 上一步: before what was typed is wiped, it is asked once whether that was meant.
import QtQuick
import KioskUi

Dialog {
    id: dialog

    required property VisitModel visit

    objectName: "leave-dialog"
    cardTakesTouches: true
    veilName: "leave-behind"
    onVeilTouched: dialog.visit.stay()

    Words {
        width: parent.width
        horizontalAlignment: Text.AlignHCenter
        text: qsTr("要结束办理吗？")
        size: Theme.hero
        strong: true
    }
    Words {
        width: parent.width
        horizontalAlignment: Text.AlignHCenter
        text: qsTr("还没有提交。结束后，填写的内容会全部清除")
        size: Theme.lead
        soft: true
    }
    TouchButton {
        objectName: "leave-stay"
        anchors.horizontalCenter: parent.horizontalCenter
        width: Math.min(parent.width, Math.max(implicitWidth, Theme.px(520)))
        main: true
        iconName: "edit"
        text: qsTr("继续办理")
        onClicked: dialog.visit.stay()
    }
    TouchButton {
        objectName: "leave-for-good"
        anchors.horizontalCenter: parent.horizontalCenter
        width: Math.min(parent.width, Math.max(implicitWidth, Theme.px(520)))
        iconName: "logout"
        text: qsTr("结束并清除")
        onClicked: dialog.visit.leaveForGood()
    }
}
