// 拍材料: one paper at a time under the document camera: its live picture, what to mend, and the page just taken.
pragma ComponentBehavior: Bound

import QtQuick
import Controls
import KioskUi

Page {
    id: screen

    required property MaterialsModel materials
    readonly property bool ready: materials.hint === "good"

    heading: (materials.framing ? qsTr("请拍摄：%1") : qsTr("拍好了：%1")).arg(materials.paper)
    lead: visit.notice !== "" ? "" : materials.framing ? qsTr("第 %1 份，共 %2 份。把纸放平在高拍仪下，四边都露出来，手拿开").arg(materials.place).arg(materials.count) : qsTr("请看清楚字，满意就进入下一步")
    mainText: !materials.framing ? (materials.last ? qsTr("下一步") : qsTr("下一份")) : materials.capturing ? qsTr("正在拍摄，请别动…") : qsTr("拍摄")
    mainIcon: materials.framing ? "photo_camera" : "arrow_forward"
    mainEnabled: !materials.framing || (materials.usable && !materials.capturing)
    onMainTouched: materials.framing ? materials.capture() : visit.goOn()

    Flow {
        id: tabs
        width: parent.width
        visible: screen.materials.count > 1 && !Theme.large
        height: visible ? implicitHeight : 0
        spacing: Theme.px(14)

        Repeater {
            model: screen.materials.tabs

            PaperButton {
                required property int place

                objectName: "paper-" + place
                maxWidth: tabs.width
                onClicked: screen.materials.open(place)
            }
        }
    }
    Rectangle {
        id: table
        readonly property real above: tabs.height + (tabs.visible ? Theme.gap : 0)

        y: above
        width: Theme.portrait ? parent.width : parent.width * 0.58
        height: Theme.portrait ? parent.height - above - words.height - Theme.gap : parent.height - above
        radius: Theme.px(16)
        color: "#0b1220"

        LivePicture {
            viewName: "page-view"
            visible: screen.materials.framing
            anchors.fill: parent
            anchors.margins: Theme.px(12)
            feed: screen.materials.feed
        }
        Words {
            visible: screen.materials.framing && !screen.materials.feed.live
            anchors.centerIn: parent
            text: qsTr("正在等待画面…")
            color: "#ffffff"
        }
        Image {
            objectName: "page-taken"
            visible: !screen.materials.framing
            anchors.fill: parent
            anchors.margins: Theme.px(12)
            fillMode: Image.PreserveAspectFit
            asynchronous: false
            cache: false
            source: visible ? "image://page/" + screen.materials.shown : ""
        }
    }
    Column {
        id: words
        x: Theme.portrait ? 0 : table.width + Theme.gap
        y: Theme.portrait ? table.y + table.height + Theme.gap : table.above
        width: parent.width - x
        spacing: Theme.px(20)

        Notice {
            objectName: "page-hint"
            visible: screen.visit.notice === "" || !screen.materials.framing || screen.ready
            width: parent.width
            tone: screen.materials.framing && !screen.ready ? "warn" : "good"
            iconName: screen.materials.framing && !screen.ready ? "description" : "check_circle"
            text: !screen.materials.framing ? qsTr("已拍 %1 页").arg(screen.materials.pages) : screen.ready ? qsTr("放好了，可以拍摄") : screen.materials.hintText !== "" ? screen.materials.hintText : qsTr("正在看纸张放得怎么样…")
            next: screen.materials.hintText !== "" && screen.materials.framing ? "" : screen.materials.framing ? qsTr("画面只在本次办理中使用；不办了就立即清除") : qsTr("还有反面或下一页，请再拍一页")
        }
        Flow {
            width: parent.width
            spacing: Theme.px(16)

            TouchButton {
                objectName: "page-another"
                visible: !screen.materials.framing && screen.materials.moreFit
                text: qsTr("再拍一页")
                iconName: "add_circle"
                onClicked: screen.materials.another()
            }
            TouchButton {
                objectName: "page-again"
                visible: !screen.materials.framing
                text: qsTr("重拍这一页")
                iconName: "refresh"
                onClicked: screen.materials.again()
            }
            TouchButton {
                objectName: "page-enough"
                visible: screen.materials.framing && screen.materials.pages > 0
                text: qsTr("不再拍了")
                iconName: "check"
                onClicked: screen.visit.goBack()
            }
            TouchButton {
                objectName: "paper-later"
                visible: screen.materials.deferrable && screen.materials.framing && screen.materials.pages === 0
                text: qsTr("没带，以后补交")
                iconName: "event_available"
                onClicked: screen.materials.later()
            }
        }
    }
}
